package io.maas.http.internal.platform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.BufferStream;
import io.maas.http.internal.wire.Json;
import io.maas.http.internal.wire.JsonSkip;
import io.maas.model.Names;
import io.maas.model.Signature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
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
    private final Set<String> seen = new HashSet<>();
    private int inputAt = -1;
    private int inputEnd;
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
        int at = found.spaces(body.position());
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

    /**
     * An array of inputs is large, and is read only once: the parser that finds it is given up there, and another goes on behind it, as if
     * an object began there.
     */
    private void look() {
        int from = body.position();
        boolean more = true;
        while (more) {
            ByteBuffer rest = body.duplicate();
            rest.position(from);
            try (InputStream in = from == body.position() ? new BufferStream(rest) : asObject(rest);
                    JsonParser json = Json.FACTORY.createParser(in)) {
                Json.require(json, JsonToken.START_OBJECT, "the request");
                int array = members(json, from == body.position() ? from : from - 1);
                more = array >= 0;
                from = more ? behindArray(array) : from;
                more &= from >= 0;
            } catch (JsonProcessingException e) {
                throw Json.malformed(e);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read from memory", e);
            }
        }
    }

    private static InputStream asObject(ByteBuffer members) {
        return new SequenceInputStream(new ByteArrayInputStream(new byte[] {'{'}), new BufferStream(members));
    }

    /**
     * Reads members up to an input that is an array, or to the end.
     *
     * @param base where the parser's first byte lies, or would lie
     * @return where the array begins; -1 at the end
     */
    private int members(JsonParser json, int base) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            if (!seen.add(field)) {
                throw malformed("it has two of " + Names.shown(field));
            }
            JsonToken value = json.nextToken();
            if (INPUTS.contains(field)) {
                inputAt = base + (int) json.currentTokenLocation().getByteOffset();
                if (value == JsonToken.START_ARRAY) {
                    return inputAt;
                }
            } else if (value.isScalarValue() && field.equals("model")) {
                model = Optional.of(json.getText());
            } else if (value.isScalarValue() && field.equals("version")) {
                version = Optional.of(json.getText());
            }
            json.skipChildren();
            if (INPUTS.contains(field)) {
                json.finishToken(); // texts are read when they are asked for
                inputEnd = base + (int) json.currentLocation().getByteOffset();
            }
        }
        if (json.nextToken() != null) {
            throw follows();
        }
        return -1;
    }

    /** Returns where the members behind an array begin; -1 if it is the last. */
    private int behindArray(int array) {
        inputEnd = JsonSkip.endOfArray(body, array);
        if (inputEnd < 0) {
            throw malformed("the array at byte " + (array - body.position()) + " does not end");
        }
        int next = spaces(inputEnd);
        if (next < body.limit() && body.get(next) == '}') {
            if (spaces(next + 1) < body.limit()) {
                throw follows();
            }
            return -1;
        }
        int member = next < body.limit() && body.get(next) == ',' ? spaces(next + 1) : body.limit();
        if (member == body.limit() || body.get(member) != '"') {
            throw malformed("its input is followed by no member and no end");
        }
        return member;
    }

    private int spaces(int from) {
        int at = from;
        while (at < body.limit() && isSpace(body.get(at))) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private static InvalidInputException follows() {
        return Json.unexpected("read the request", "something follows its JSON", "send one object");
    }

    private static InvalidInputException malformed(String why) {
        return new InvalidInputException(
                ErrorCode.BAD_DOCUMENT,
                "read the request",
                "it is not JSON that can be read: " + why,
                "send one JSON object as the documentation of the route describes");
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
        input.limit(inputEnd).position(inputAt);
        try (InputStream in = new BufferStream(input);
                JsonParser json = Json.FACTORY.createParser(in)) {
            json.nextToken();
            NamedInputs inputs = NamedInputs.read(json, signature, inputEnd - inputAt);
            if (json.nextToken() != null) {
                throw follows(); // brackets that do not fit each other
            }
            return inputs;
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
