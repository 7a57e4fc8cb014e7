package io.maas.internal.gate;

import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;
import io.maas.internal.bundle.Bundle;
import io.maas.internal.bundle.BundleFile;
import io.maas.internal.bundle.ModelCard;
import io.maas.model.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The model card of a package.
 *
 * @param sections its headings; none if there is no card
 */
public record Card(List<String> sections) {
    /** Copies the list. */
    public Card {
        sections = List.copyOf(sections);
    }

    /**
     * Reads the card of a package, as much of it as a card may have.
     *
     * @throws io.maas.error.InvalidInputException if it is malformed
     */
    public static Card of(Bundle bundle, Manifest manifest) {
        Optional<BundleFile> file = manifest.card()
                .flatMap(path -> bundle.files().stream()
                        .filter(one -> one.path().equals(path))
                        .findFirst());
        return new Card(
                file.map(found -> ModelCard.parse(read(found)).sections()).orElse(List.of()));
    }

    private static String read(BundleFile file) {
        try (InputStream in = file.content().open()) {
            return new String(in.readNBytes(ModelCard.MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UnavailableException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "read the model card " + file.path(),
                    e.toString(),
                    "publish again when the store is there",
                    e);
        }
    }

    /** The headings that are wanted and not there. */
    List<String> missing(Set<String> wanted) {
        return wanted.stream()
                .filter(section -> sections.stream().noneMatch(section::equalsIgnoreCase))
                .toList();
    }
}
