package io.maas.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.internal.log.BlobKey;
import io.maas.model.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobIndexTest {
    /** Digests that begin alike collide in every table. */
    private static Digest digest(long first, long rest) {
        return Digest.ofBytes(
                ByteBuffer.allocate(32).putLong(first).putLong(24, rest).array());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 40, 1_000_000})
    void saysWhatAMapWouldSayHoweverDigestsCollide(long different) {
        SplittableRandom random = new SplittableRandom(different);
        BlobIndex index = new BlobIndex();
        Map<Digest, BlobKey> map = new HashMap<>();
        List<Digest> digests = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            digests.add(digest(random.nextLong(different), i));
        }
        for (int step = 0; step < 20_000; step++) {
            Digest digest = digests.get(random.nextInt(digests.size()));
            BlobKey blob = new BlobKey(digest, 1, random.nextLong(2));
            if (random.nextInt(5) < 2) {
                index.remove(blob);
                map.remove(digest, blob);
            } else {
                index.addIfAbsent(blob);
                map.putIfAbsent(digest, blob);
            }
            if (step % 500 == 0) {
                for (Digest each : digests) {
                    assertThat(index.find(each).orElse(null)).isEqualTo(map.get(each));
                }
            }
        }
    }
}
