package io.maas.backend.djl;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.PadTokenResolver;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;

/**
 * A loaded tokenizer.
 *
 * @param tokenizer cuts texts; pads nothing
 * @param padId what stands for no token
 */
record TokenizerFile(HuggingFaceTokenizer tokenizer, int padId) {
    static TokenizerFile load(TokenizeSettings settings) {
        try {
            DjlEngine.seeingEngines(() -> {
                LibUtils.checkStatus();
                return true;
            });
        } catch (LinkageError | EngineException e) {
            throw NativeLibrary.missing("the tokenizers library", e);
        }
        String name = String.valueOf(settings.file().getFileName());
        try {
            String json = Files.readString(settings.file());
            PadTokenResolver.PadInfo pad = PadTokenResolver.extractPadInfo(json, null);
            return new TokenizerFile(open(json, settings.maxLength()), pad == null ? 0 : pad.getPadId());
        } catch (IOException e) {
            throw TokenizeSettings.refused(
                    "the file '" + name + "' cannot be read as UTF-8, " + e.getMessage(), Optional.of(e));
        } catch (RuntimeException e) {
            // the native library throws whatever it comes to
            throw TokenizeSettings.refused(
                    "the file '" + name + "' is no tokenizer, " + e.getMessage(), Optional.of(e));
        }
    }

    private static HuggingFaceTokenizer open(String json, int maxLength) throws IOException {
        String length = Integer.toString(maxLength);
        // From the text alone: by path DJL would read neighbouring files, by name it would ask the network.
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                Map.of("padding", "false", "truncation", "true", "maxLength", length, "modelMaxLength", length));
    }
}
