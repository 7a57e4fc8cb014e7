package io.maas.http.internal.platform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.http.internal.exchange.BufferStream;
import io.maas.http.internal.wire.Json;
import io.maas.model.Signature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The body of a call. What the input's types are is known only when the model is, which may be named after it: the first look finds
 * where the input lies, the second reads it.
 */
final class PredictBody {
    private static final Set<String> INPUTS = Set.of("input", "input_data", "inputs");

    private final ByteBuffer body;
    private Optional<String> model = Optional.empty();
    private Optional<String> version = Optional.empty();
    private long inputAt = -1;
    private long inputEnd;
    private Optional<Fields> form = Optional.empty();

    private PredictBody(ByteBuffer body) {
        this.body = body;
    }

    /**
     * Looks a body through.
     *
     * @throws io.maas.error.InvalidInputException if it is neither a JSON object nor a form
     */
    static PredictBody of(ByteBuffer body) {
        PredictBody found = new PredictBody(body);
        int at = body.position();
        while (at < body.limit() && Character.isWhitespace(body.get(at))) {
            at++;
        }
        if (at < body.limit() && body.get(at) == '{') {
            found.look();
        } else {
            Fields fields = Fields.read(body);
            found.form = Optional.of(fields);
            found.model = fields.text("model");
            found.version = fields.text("version");
        }
        return found;
    }

    private void look() {
        try (InputStream in = new BufferStream(body);
                JsonParser json = Json.FACTORY.createParser(in)) {
            Json.require(json, JsonToken.START_OBJECT, "the request");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                if (INPUTS.contains(field)) {
                    inputAt = json.currentTokenLocation().getByteOffset();
                } else if (value.isScalarValue() && field.equals("model")) {
                    model = Optional.of(json.getText());
                } else if (value.isScalarValue() && field.equals("version")) {
                    version = Optional.of(json.getText());
                }
                json.skipChildren();
                if (INPUTS.contains(field)) {
                    json.finishToken(); // texts are read when they are asked for
                    inputEnd = json.currentLocation().getByteOffset();
                }
            }
            if (json.nextToken() != null) {
                throw Json.unexpected("read the request", "something follows its JSON", "send one object");
            }
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read from memory", e);
        }
    }

    /** Returns the model that it names. */
    Optional<String> model() {
        return model;
    }

    /** Returns the version that it names. */
    Optional<String> version() {
        return version;
    }

    /**
     * Reads the input.
     *
     * @throws io.maas.error.InvalidInputException if there is none, or it is not what the signature says
     */
    NamedInputs inputs(Signature signature) {
        if (form.isPresent()) {
            return NamedInputs.ofForm(formValues(form.get()), signature);
        }
        if (inputAt < 0) {
            throw noInput();
        }
        ByteBuffer input = body.duplicate();
        input.limit(body.position() + (int) inputEnd).position(body.position() + (int) inputAt);
        try (InputStream in = new BufferStream(input);
                JsonParser json = Json.FACTORY.createParser(in)) {
            json.nextToken();
            return NamedInputs.read(json, signature);
        } catch (JsonProcessingException e) {
            throw Json.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read from memory", e);
        }
    }

    private static List<String> formValues(Fields form) {
        for (String name : INPUTS) {
            List<String> values = form.texts(name);
            if (!values.isEmpty()) {
                return values;
            }
        }
        throw noInput();
    }

    private static RuntimeException noInput() {
        return Json.unexpected("call the model", "there is no input", "send {\"input\": …}");
    }
}
