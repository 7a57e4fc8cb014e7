package io.maas.http.internal.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;

/** How JSON from outside is read: strictly, in one pass, and never deeper than {@value #DEEPEST} levels. */
public final class Json {
    private static final int DEEPEST = 32;
    private static final int LONGEST_NAME = 1_024;
    /** A double needs 24 characters at most; nobody who means a number sends many more. */
    private static final int LONGEST_NUMBER = 400;

    /** Makes parsers and generators. Thread-safe. */
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNameLength(LONGEST_NAME)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private Json() {}

    /** What to say of a body that is no such JSON. */
    public static InvalidInputException malformed(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : ", line " + e.getLocation().getLineNr() + " column "
                        + e.getLocation().getColumnNr();
        return new InvalidInputException(
                ErrorCode.BAD_DOCUMENT,
                "read the request",
                "it is not JSON that can be read: " + e.getOriginalMessage() + where,
                "send one JSON object as the documentation of the route describes",
                e);
    }

    /** What to say of JSON that is not what was asked for. */
    public static InvalidInputException unexpected(String doing, String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_INPUT, doing, why, remedy);
    }

    /**
     * Goes on to the next token.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_INPUT} unless it is this one
     */
    public static void require(JsonParser json, JsonToken wanted, String what) throws java.io.IOException {
        JsonToken token = json.nextToken();
        if (token != wanted) {
            throw unexpected("read " + what, "it is " + describe(token) + ", not " + describe(wanted), "send that");
        }
    }

    /** Names a token as people do. */
    @SuppressWarnings("NullableProblems")
    public static String describe(@org.jspecify.annotations.Nullable JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a truth value";
            case VALUE_NULL -> "null";
            case FIELD_NAME -> "a name";
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> "something else";
        };
    }
}
