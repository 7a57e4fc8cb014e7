package io.maas.internal.serving;

import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What stands for inputs in a cache: a SHA-256 over names, types, shapes and elements, each with its length in front. Inputs
 * come from outside, so a hash for which somebody can make two inputs of one value would let him choose others' answers.
 */
record InputKey(String hash) {
    static InputKey of(Tensors inputs) {
        MessageDigest digest = sha256();
        for (int i = 0; i < inputs.size(); i++) {
            text(digest, inputs.name(i));
            tensor(digest, inputs.get(i));
        }
        return new InputKey(HexFormat.of().formatHex(digest.digest()));
    }

    private static void tensor(MessageDigest digest, Tensor tensor) {
        text(digest, tensor.type().name());
        Shape shape = tensor.shape();
        number(digest, shape.rank());
        for (int d = 0; d < shape.rank(); d++) {
            number(digest, shape.dim(d));
        }
        if (tensor.type() == DataType.BYTES) {
            for (byte[] string : tensor.toByteArrays()) {
                number(digest, string.length);
                digest.update(string);
            }
        } else {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.byteSize()));
            tensor.copyTo(bytes);
            digest.update(bytes.flip());
        }
    }

    private static void text(MessageDigest digest, String value) {
        byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        number(digest, bytes.length);
        digest.update(bytes);
    }

    private static void number(MessageDigest digest, long value) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }
}
