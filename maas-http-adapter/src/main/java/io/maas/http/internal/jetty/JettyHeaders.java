package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.Headers;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/** Reads headers where Jetty has them. */
final class JettyHeaders implements Headers {
    private final HttpFields fields;

    JettyHeaders(HttpFields fields) {
        this.fields = fields;
    }

    @Override
    public Optional<String> first(String name) {
        HttpField field = fields.getField(name);
        return field == null ? Optional.empty() : Optional.of(text(field));
    }

    @Override
    public List<String> all(String name) {
        return fields.contains(name)
                ? fields.getFields(name).stream().map(JettyHeaders::text).toList()
                : List.of();
    }

    @Override
    public void forEach(BiConsumer<String, String> reader) {
        for (HttpField field : fields) {
            reader.accept(field.getName(), text(field));
        }
    }

    private static String text(HttpField field) {
        String value = field.getValue();
        return value == null ? "" : value;
    }
}
