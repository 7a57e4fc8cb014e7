package io.maas.backend.djl;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Byte strings as Java's. */
final class Strings {
    private Strings() {}

    /** Decodes a BYTES tensor, every element of which must be UTF-8. */
    static String[] decode(String name, Tensor tensor) {
        byte[][] all = tensor.toByteArrays();
        String[] texts = new String[all.length];
        for (int i = 0; i < all.length; i++) {
            try {
                // a new decoder reports what String's constructor would replace
                texts[i] = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(all[i]))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new InvalidInputException(
                        ErrorCode.BAD_INPUT,
                        "read the texts of the tensor '" + name + "'",
                        "element " + i + " is not UTF-8",
                        "encode texts as UTF-8",
                        e);
            }
        }
        return texts;
    }

    /**
     * Makes a string tensor of theirs.
     *
     * <p>Their Java binding hands strings over in Java's own variant of UTF-8, which writes characters beyond U+FFFF and
     * U+0000 with other bytes: a model that knows "😀" as a category does not find it (measured with 1.29.0). A wrong
     * answer is worse than none, so such texts are refused. In outputs the binding garbles them beyond detection.
     */
    static OnnxTensor share(OrtEnvironment environment, String name, Tensor tensor) throws OrtException {
        String[] texts = decode(name, tensor);
        for (int i = 0; i < texts.length; i++) {
            if (!sameInJava(texts[i])) {
                throw new InvalidInputException(
                        ErrorCode.BAD_INPUT,
                        "call the model",
                        "element " + i + " of the tensor '" + name + "' has a character beyond U+FFFF or U+0000, "
                                + "which ONNX Runtime's Java API would change",
                        "leave such characters out, or tokenize texts before the engine");
            }
        }
        return OnnxTensor.createTensor(environment, texts, tensor.shape().toArray());
    }

    private static boolean sameInJava(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    static Tensor toHeap(OnnxTensor tensor, long[] dims) throws OrtException {
        if (tensor.getInfo().getNumElements() == 0) {
            return Tensor.of(new String[0], dims);
        }
        List<String> texts = new ArrayList<>();
        flatten(tensor.getValue(), texts);
        Tensor flat = Tensor.of(texts.toArray(new String[0]), dims);
        return dims.length == 0 ? flat.reshape() : flat;
    }

    private static void flatten(Object value, List<String> into) {
        if (value instanceof Object[] parts) {
            for (Object part : parts) {
                flatten(part, into);
            }
        } else {
            into.add((String) value);
        }
    }
}
