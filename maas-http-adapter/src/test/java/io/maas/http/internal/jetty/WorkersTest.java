package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.http.internal.exchange.HttpProblem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final Deque<Runnable> pool = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final Workers workers = new Workers(1, 2);

    private void run(String name) {
        workers.run(pool::add, () -> done.add(name));
    }

    @Test
    void whatWaitsIsBoundedAndRunInOrder() {
        run("a");
        run("b");
        run("c");
        assertThat(catchThrowableOfType(HttpProblem.class, () -> run("d"))).isNotNull();
        assertThat(workers.waiting()).isEqualTo(2);
        assertThat(pool).hasSize(1);
        pool.remove().run();
        assertThat(done).containsExactly("a", "b", "c");
        run("e");
        assertThat(pool).as("the thread is free again").hasSize(1);
    }

    @Test
    void whateverATaskThrowsThoseWhoWaitGetItsThread() {
        workers.run(pool::add, () -> {
            throw new AssertionError("nobody foresaw this");
        });
        run("b");
        pool.remove().run();
        assertThat(done).containsExactly("b");
        run("c");
        assertThat(pool).hasSize(1);
    }

    @Test
    void aPoolThatClosesTakesNoPlace() {
        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowableOfType(
                            HttpProblem.class,
                            () -> workers.run(
                                    task -> {
                                        throw new RejectedExecutionException();
                                    },
                                    () -> {})))
                    .hasMessageContaining("closes");
        }
        run("a");
        assertThat(pool).hasSize(1);
    }
}
