package io.maas.http.internal.inference;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.Maas;
import io.maas.http.internal.exchange.BufferStream;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.VisibleModels;
import io.maas.http.internal.wire.Json;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.model.ModelName;
import io.maas.model.ModelRef;
import io.maas.repository.ModelVersion;
import io.maas.repository.RepositoryView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The repository extension's list of models: what production points at is ready once this host has
 * loaded it, which it does when it is called for the first time.
 */
final class RepositoryIndex {
    private final Maas maas;

    RepositoryIndex(Maas maas) {
        this.maas = maas;
    }

    /**
     * Returns the list.
     *
     * @param body a request, or nothing; {@code {"ready": true}} asks for those that are ready only
     */
    byte[] index(ByteBuffer body, Caller caller) {
        boolean onlyReady = onlyReady(body);
        RepositoryView view = maas.repository();
        return JsonBytes.of(json -> {
            json.writeStartArray();
            for (ModelName name : (Iterable<ModelName>) VisibleModels.all(view, caller)::iterator) {
                write(json, view, name, onlyReady);
            }
            json.writeEndArray();
        });
    }

    private void write(JsonGenerator json, RepositoryView view, ModelName name, boolean onlyReady) throws IOException {
        ModelVersion production = view.aliases(name).get("production");
        for (ModelVersion version : view.versions(name)) {
            boolean published = version.equals(production);
            Optional<String> missing = published
                    ? maas.ready(List.of(ModelRef.parse(name.value()))).missing().stream()
                            .map(one -> one.why())
                            .findFirst()
                    : Optional.of("not in production");
            if (onlyReady && missing.isPresent()) {
                continue;
            }
            json.writeStartObject();
            json.writeStringField("name", name.value());
            json.writeStringField("version", version.version());
            json.writeStringField("state", missing.isEmpty() ? "READY" : "UNAVAILABLE");
            json.writeStringField("reason", missing.orElse(""));
            json.writeEndObject();
        }
    }

    private static boolean onlyReady(ByteBuffer body) {
        if (!body.hasRemaining()) {
            return false;
        }
        boolean ready = false;
        try (InputStream in = new BufferStream(body);
                JsonParser json = Json.FACTORY.createParser(in)) {
            Json.require(json, JsonToken.START_OBJECT, "the request");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = json.currentName().equals("ready");
                JsonToken value = json.nextToken();
                ready |= wanted && value == JsonToken.VALUE_TRUE;
                json.skipChildren();
            }
            if (json.nextToken() != null) {
                throw Json.unexpected("read the request", "something follows its JSON", "send one object");
            }
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read from memory", e);
        }
        return ready;
    }
}
