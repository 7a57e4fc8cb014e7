package io.maas.http.internal.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The headers of a request. Names are compared without regard to case. */
public interface Headers {
    /** Returns the first value of a header. */
    Optional<String> first(String name);

    /** Returns every value of a header, in order. */
    List<String> all(String name);

    /** Tells every name and value, in order. */
    void forEach(BiConsumer<String, String> reader);
}
