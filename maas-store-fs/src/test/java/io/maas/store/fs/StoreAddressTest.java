package io.maas.store.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:/var/lib/models",
                "file:///var/lib/models",
                "FILE:///var/lib/x/../models/",
                "file:///var/lib/models?nfs=refuse"
            })
    void understandsTheFormsOfAnAddress(String text) {
        StoreAddress address = StoreAddress.parse(URI.create(text));

        assertThat(address.folder()).isEqualTo(Path.of("/var/lib/models"));
        assertThat(address.network()).isEqualTo(StoreAddress.Network.REFUSE);
        assertThat(address.text()).isEqualTo(text);
    }

    @Test
    void understandsSettingsAndEscapes() {
        StoreAddress address = StoreAddress.parse(URI.create("file:///my%20models/a%25b?nfs=allow"));

        assertThat(address.folder()).isEqualTo(Path.of("/my models/a%b"));
        assertThat(address.network()).isEqualTo(StoreAddress.Network.ALLOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://bucket/models",
                "models",
                "file:models",
                "file://host/models",
                "file:///models#1",
                "file:///models?nfs=maybe",
                "file:///models?",
                "file:///models?sync=off",
                "file:///mod%00els"
            })
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> StoreAddress.parse(URI.create(text)))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining(text);
    }
}
