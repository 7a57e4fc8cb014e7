package io.maas.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.Commit;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class StateCodecTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static RegistryState.Snapshot snapshot(Common common) {
        return new RegistryState.Snapshot(
                new RegistryState.Head(3, Digest.of(new byte[1]), NOW), common, List.of(), Map.of());
    }

    private static int layout(byte[] base) throws IOException {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(base)))) {
            in.readInt();
            return in.readInt();
        }
    }

    @Test
    void accessKeysComeBackFromABase() throws IOException {
        AccessSecret secret = AccessSecret.read("maas_abcd_" + "0f".repeat(32)).orElseThrow();
        Commit commit = new Commit(2, 1, NOW, "grace", Optional.of("because"));
        AccessKey all = secret.key("all", AccessRole.ADMIN, AccessRole.READER);
        AccessKey some = new AccessKey("efgh", "some", all.secret(), all.roles(), Optional.empty(), Optional.empty())
                .forModels(List.of(ModelName.of("b"), ModelName.of("a")))
                .validUntil(NOW);
        Common common = Common.EMPTY.granting(new AccessGrant(all, commit)).granting(new AccessGrant(some, commit));

        byte[] base = StateCodec.write(snapshot(common));

        assertThat(StateCodec.read(base)).isEqualTo(snapshot(common));
        assertThat(layout(base)).isEqualTo(3);
    }

    @Test
    void aBaseWithoutAccessKeysIsOneThatOlderPlatformsRead() throws IOException {
        byte[] base = StateCodec.write(snapshot(Common.EMPTY));

        assertThat(StateCodec.read(base)).isEqualTo(snapshot(Common.EMPTY));
        assertThat(layout(base)).isEqualTo(1);
    }
}
