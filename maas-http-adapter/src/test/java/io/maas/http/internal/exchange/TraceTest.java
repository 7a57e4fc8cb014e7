package io.maas.http.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + ID + "-00f067aa0ba902b7-01";

    /** Headers of which there is only the one that counts. */
    private record Parents(String... values) implements Headers {
        @Override
        public Optional<String> first(String name) {
            return all(name).stream().findFirst();
        }

        @Override
        public List<String> all(String name) {
            return name.equals("traceparent") ? List.of(values) : List.of();
        }

        @Override
        public void forEach(BiConsumer<String, String> reader) {
            Stream.of(values).forEach(value -> reader.accept("traceparent", value));
        }
    }

    @Test
    void aRequestIsASpanOfItsClientsTrace() {
        Trace trace = Trace.of(new Parents(PARENT));
        assertThat(trace.id()).isEqualTo(ID);
        assertThat(trace.span()).matches("[0-9a-f]{16}").isNotEqualTo("00f067aa0ba902b7");
        assertThat(trace.header()).isEqualTo("00-" + ID + "-" + trace.span() + "-01");
        assertThat(Trace.of(new Parents("00-" + ID + "-00f067aa0ba902b7-02")).sampled())
                .isFalse();
    }

    @Test
    void laterVersionsAreReadAsFarAsTheyAreKnown() {
        assertThat(Trace.of(new Parents("01" + PARENT.substring(2) + "-what.comes"))
                        .id())
                .isEqualTo(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + ID + "-00f067aa0ba902b7",
                "00-" + ID + "-00f067aa0ba902b7-0",
                "00-" + ID + "-00f067aa0ba902b7-01-more",
                "01-" + ID + "-00f067aa0ba902b7-01more",
                "ff-" + ID + "-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-" + ID + "-0000000000000000-01",
                "00-" + ID + "-00f067aa0ba902bg-01",
                "00_" + ID + "-00f067aa0ba902b7-01",
                "00-" + ID + "_00f067aa0ba902b7-01",
                "00-" + ID + "-00f067aa0ba902b7_01",
            })
    void whatCannotBeReadBeginsATrace(String parent) {
        Trace trace = Trace.of(new Parents(parent));
        assertThat(trace.id()).matches("[0-9a-f]{32}").isNotEqualTo(ID);
        assertThat(trace.header()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    }

    @Test
    void twoParentsAreNone() {
        assertThat(Trace.of(new Parents(PARENT, PARENT)).id()).isNotEqualTo(ID);
        assertThat(Trace.of(new Parents()).id()).isNotEqualTo(ID);
    }
}
