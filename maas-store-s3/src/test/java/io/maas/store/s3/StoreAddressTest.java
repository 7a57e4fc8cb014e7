package io.maas.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {
    @ParameterizedTest
    @CsvSource({
        "s3://my-bucket, my-bucket, ''",
        "s3://my-bucket/, my-bucket, ''",
        "S3://my.bucket/models, my.bucket, models/",
        "s3://my-bucket/a/b-c/, my-bucket, a/b-c/"
    })
    void understandsBucketsAndPrefixes(String text, String bucket, String root) {
        StoreAddress address = StoreAddress.parse(URI.create(text));

        assertThat(address.bucket()).isEqualTo(bucket);
        assertThat(address.root()).isEqualTo(root);
        assertThat(address.text()).isEqualTo(text);
        assertThat(address.options())
                .isEqualTo(new StoreAddress.Options(
                        Optional.empty(),
                        Optional.empty(),
                        StoreAddress.Style.HOST,
                        StoreAddress.Preset.AWS,
                        8 << 20,
                        Optional.of(Duration.ofDays(7))));
    }

    @Test
    void understandsSettings() {
        StoreAddress address = StoreAddress.parse(
                URI.create("s3://bucket/m?endpoint=http%3A%2F%2Flocalhost:9000&region=eu-central-1&pathStyle=false"
                        + "&preset=compatible&partSize=16&abandonedAfter=PT36H"));

        assertThat(address.options())
                .isEqualTo(new StoreAddress.Options(
                        Optional.of(URI.create("http://localhost:9000")),
                        Optional.of("eu-central-1"),
                        StoreAddress.Style.HOST,
                        StoreAddress.Preset.COMPATIBLE,
                        16 << 20,
                        Optional.of(Duration.ofHours(36))));
    }

    @Test
    void aServerOfOnesOwnIsReachedByPathUnlessItIsToldOtherwise() {
        assertThat(StoreAddress.parse(URI.create("s3://bucket/m?endpoint=https://s3.example.com"))
                        .options()
                        .style())
                .isEqualTo(StoreAddress.Style.PATH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///bucket/models",
                "s3:bucket",
                "s3:///models",
                "s3://UPPER/models",
                "s3://a/models",
                "s3://bucket:80/models",
                "s3://bucket/models#1",
                "s3://bucket//models",
                "s3://bucket/../models",
                "s3://bucket/.hidden",
                "s3://bucket/a%20b",
                "s3://bucket/1/2/3/4/5/6/7/8/9",
                "s3://bucket/m?",
                "s3://bucket/m?endpoint=ftp://host",
                "s3://bucket/m?endpoint=localhost:9000",
                "s3://bucket/m?endpoint=http://host/?q",
                "s3://bucket/m?endpoint=http://[",
                "s3://bucket/m?region=",
                "s3://bucket/m?region=Eu_1",
                "s3://bucket/m?region=a&region=b",
                "s3://bucket/m?pathStyle=yes",
                "s3://bucket/m?preset=ceph",
                "s3://bucket/m?partSize=4",
                "s3://bucket/m?partSize=17",
                "s3://bucket/m?abandonedAfter=7",
                "s3://bucket/m?abandonedAfter=PT1M"
            })
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> StoreAddress.parse(URI.create(text)))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining("use an address such as s3://bucket/models");
    }

    @Test
    void namesAnUnknownSettingAndKeepsItsValueToItself() {
        assertThatThrownBy(() -> StoreAddress.parse(URI.create("s3://bucket/m?secretKey=hush-hush")))
                .hasMessageContaining("unknown setting, 'secretKey'")
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://AKIA:hush-hush@bucket/m",
                "s3://bucket/m?endpoint=https://AKIA:hush-hush@host",
                "s3://AKIA:hush-hush@bucket/m?secret=hush"
            })
    void doesNotRepeatCredentials(String text) {
        assertThatThrownBy(() -> StoreAddress.parse(URI.create(text)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageNotContaining("hush")
                .hasMessageNotContaining("AKIA");
    }

    @Test
    void refusesKeysThatAreTooLongWithThePrefix() {
        StoreAddress address = StoreAddress.parse(URI.create("s3://bucket/" + "p".repeat(100)));
        String part = "x".repeat(200);

        assertThat(address.nameOf(String.join("/", part, part, part, part))).hasSize(904);
        assertThatThrownBy(() -> address.nameOf(String.join("/", part, part, part, part, part)))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_NAME));
    }
}
