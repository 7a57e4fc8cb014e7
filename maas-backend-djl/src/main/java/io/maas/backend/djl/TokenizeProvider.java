package io.maas.backend.djl;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.model.Manifest.TransformStep;
import io.maas.spi.ModelFiles;
import io.maas.spi.Transform;
import io.maas.spi.TransformProvider;

/**
 * {@code tokenize}: turns texts into the numbers that a language model takes, with the {@code tokenizer.json} of the
 * package. From {@code BYTES [batch]} to {@code INT64 [batch, length]}, padded to the longest text of the batch at the
 * right.
 *
 * <p>Settings: {@code input} ({@code text}); {@code file} ({@code tokenizer.json}); {@code maxLength} (512, or less where
 * the package's {@code tokenizer_config.json} says that the model takes less): longer texts are cut; {@code outputs}, the
 * ones to make of {@code input_ids}, {@code attention_mask} and {@code token_type_ids}, which are made all by default: a
 * list of them, or an object from them to the names that the model uses.
 */
public final class TokenizeProvider implements TransformProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TokenizeProvider() {}

    @Override
    public String name() {
        return "tokenize";
    }

    @Override
    public int version() {
        return 1;
    }

    /**
     * Loads the tokenizer.
     *
     * @throws UnavailableException {@link ErrorCode#NO_NATIVE} if its native library cannot be loaded
     */
    @Override
    public Transform create(TransformStep step, ModelFiles files) {
        TokenizeSettings settings = TokenizeSettings.read(step, files);
        return new Tokenize(settings, TokenizerFile.load(settings));
    }
}
