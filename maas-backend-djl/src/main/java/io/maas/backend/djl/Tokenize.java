package io.maas.backend.djl;

import ai.djl.huggingface.tokenizers.Encoding;
import io.maas.backend.djl.TokenizeSettings.Part;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.spi.Transform;
import io.maas.tensor.DataType;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts in, numbers out. The native tokenizer is only read once it is made, so threads share it; texts are encoded one by
 * one on the caller's thread, as the library's own batches take every core of the host.
 */
final class Tokenize implements Transform {
    private static final Dim BATCH = Dim.of("batch");

    private final TokenizeSettings settings;
    private final TokenizerFile file;

    Tokenize(TokenizeSettings settings, TokenizerFile file) {
        this.settings = settings;
        this.file = file;
    }

    @Override
    public Signature signature(Map<String, TensorSpec> available) {
        TensorSpec text =
                available.getOrDefault(settings.input(), TensorSpec.of(settings.input(), DataType.BYTES, BATCH));
        if (text.type() != DataType.BYTES || text.rank() != 1) {
            throw TokenizeSettings.refused("it needs texts in one dimension, not " + text);
        }
        Dim rows = text.dims().get(0);
        List<TensorSpec> outputs = settings.outputs().values().stream()
                .map(name -> TensorSpec.of(name, DataType.INT64, rows, "length"))
                .toList();
        return new Signature(List.of(text), outputs);
    }

    @Override
    public Tensors apply(Tensors inputs) {
        String[] texts = Strings.decode(settings.input(), inputs.get(settings.input()));
        Encoding[] encodings = new Encoding[texts.length];
        int length = 0;
        for (int i = 0; i < texts.length; i++) {
            encodings[i] = encode(texts[i], i);
            length = Math.max(length, encodings[i].getIds().length);
        }
        Tensors.Builder outputs = Tensors.builder();
        for (Map.Entry<Part, String> output : settings.outputs().entrySet()) {
            outputs.add(output.getValue(), padded(encodings, output.getKey(), length));
        }
        return outputs.build();
    }

    private Encoding encode(String text, int row) {
        try {
            return file.tokenizer().encode(text);
        } catch (RuntimeException e) {
            throw new InvalidInputException(
                    ErrorCode.BAD_INPUT,
                    "tokenize the tensor '" + settings.input() + "'",
                    "the tokenizer refuses row " + row + ", " + e.getMessage(),
                    "check the text",
                    e);
        }
    }

    private Tensor padded(Encoding[] encodings, Part part, int length) {
        long[] values = new long[Math.multiplyExact(encodings.length, length)]; // bounded by the platform
        if (part == Part.INPUT_IDS && file.padId() != 0) {
            Arrays.fill(values, file.padId());
        }
        for (int i = 0; i < encodings.length; i++) {
            long[] row = switch (part) {
                case INPUT_IDS -> encodings[i].getIds();
                case ATTENTION_MASK -> encodings[i].getAttentionMask();
                case TOKEN_TYPE_IDS -> encodings[i].getTypeIds();
            };
            System.arraycopy(row, 0, values, i * length, row.length);
        }
        return Tensor.wrap(values, encodings.length, length);
    }

    @Override
    public Map<String, Double> padding() {
        Map<String, Double> fill = new HashMap<>();
        settings.outputs()
                .forEach((part, name) -> fill.put(name, part == Part.INPUT_IDS ? (double) file.padId() : 0.0));
        return fill;
    }

    @Override
    public void close() {
        file.tokenizer().close();
    }
}
