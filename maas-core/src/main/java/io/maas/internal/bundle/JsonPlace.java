package io.maas.internal.bundle;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;

/**
 * A place in a JSON document, so that messages can name it.
 *
 * @param code the code of every refusal in this document
 * @param doing what cannot be done if something is refused, such as "read maas.json"
 * @param path where this is, such as {@code inputs[0].shape}; empty for the document itself
 */
public record JsonPlace(ErrorCode code, String doing, String path) {
    private static final String REMEDY = "correct the document";

    /** Returns the root of a document. */
    public static JsonPlace root(ErrorCode code, String doing) {
        return new JsonPlace(code, doing, "");
    }

    /** Returns the place of a field of the object at this place. */
    public JsonPlace field(String name) {
        String shown = Names.shown(name);
        return new JsonPlace(code, doing, path.isEmpty() ? shown : path + "." + shown);
    }

    /** Returns the place of an item of the array at this place. */
    public JsonPlace item(int index) {
        return new JsonPlace(code, doing, path + "[" + index + "]");
    }

    /** Returns the refusal of what stands here. */
    public InvalidInputException refused(String why) {
        return refused(why, REMEDY);
    }

    /** Returns the refusal of what stands here. */
    public InvalidInputException refused(String why, String remedy) {
        return new InvalidInputException(code, doing, located(why), remedy);
    }

    /** Returns the refusal of what stands here, because of another error. */
    public InvalidInputException refused(String why, Throwable cause) {
        return new InvalidInputException(code, doing, located(why), REMEDY, cause);
    }

    private String located(String why) {
        return path.isEmpty() ? why : "at " + path + ", " + why;
    }
}
