package io.maas.http.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Memory for bodies. */
class BodyBuffersTest {
    private final BodyBuffers buffers = new BodyBuffers(1 << 20);

    @Test
    void memoryIsDirectAndLittleEndian() {
        try (BodyBuffers.Lease lease = buffers.lease(100)) {
            assertThat(lease.buffer().isDirect()).isTrue();
            assertThat(lease.buffer().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(lease.buffer().position()).isZero();
            assertThat(buffers.leases()).isOne();
        }
        assertThat(buffers.leases()).isZero();
        assertThat(buffers.leasedBytes()).isZero();
    }

    @Test
    void atMostAQuarterIsWasted() {
        BodyBuffers large = new BodyBuffers(Long.MAX_VALUE / 4);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < 200; i++) {
            int size = random.nextInt(4097, 8 << 20);
            try (BodyBuffers.Lease lease = large.lease(size)) {
                assertThat(lease.buffer().capacity()).isBetween(size, size + size / 4);
            }
        }
    }

    @Test
    void whatSomebodyMayStillReadIsUsedByNobodyElse() {
        BodyBuffers.Lease first = buffers.lease(5000);
        first.abandon();
        first.close();

        assertThat(buffers.leases()).isZero();
        assertThat(buffers.leasedBytes()).isZero();
        assertThat(buffers.lease(5000).buffer()).isNotSameAs(first.buffer());
    }

    @Test
    void memoryIsUsedAgain() {
        BodyBuffers.Lease first = buffers.lease(5000);
        ByteBuffer memory = first.buffer().putInt(7).order(ByteOrder.BIG_ENDIAN);
        first.close();

        BodyBuffers.Lease second = buffers.lease(5000);
        assertThat(second.buffer()).isSameAs(memory);
        assertThat(second.buffer().remaining()).isEqualTo(second.buffer().capacity());
        assertThat(second.buffer().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        second.close();
    }

    @Test
    void givingBackTwiceIsHarmless() {
        BodyBuffers.Lease lease = buffers.lease(10);
        lease.close();
        lease.close();

        assertThat(buffers.leases()).isZero();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        BodyBuffers.Lease most = buffers.lease(1 << 20);

        assertThatThrownBy(() -> buffers.lease(1))
                .isInstanceOfSatisfying(
                        HttpProblem.class,
                        refusal -> assertThat(refusal.problem().status()).isEqualTo(503));
        most.close();
        buffers.lease(1).close();
        assertThat(buffers.leases()).isZero();
    }

    @Test
    void whatLiesIdleMakesRoom() {
        buffers.lease(200_000).close();

        buffers.lease(1_000_000).close();
        assertThat(buffers.leasedBytes()).isZero();
    }
}
