package io.maas.internal.gate;

import java.util.List;
import java.util.Set;

/** The model card of a package, as the gate looks at it. */
record Card(List<String> sections) {
    static Card of(Subject subject) {
        return new Card(List.of());
    }

    List<String> missing(Set<String> wanted) {
        return wanted.stream()
                .filter(section -> sections.stream().noneMatch(section::equalsIgnoreCase))
                .toList();
    }
}
