package io.maas.internal.imports;

import io.maas.repository.ImportReport.Item;
import io.maas.repository.ImportReport.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What became of everything so far. Not thread-safe. */
final class Findings {
    private final List<Item> items = new ArrayList<>();
    private final Set<String> places = new HashSet<>();

    void add(String place, Outcome outcome, String reason) {
        items.add(new Item(place, outcome, reason));
        places.add(place);
    }

    void carried(String place, String reason) {
        add(place, Outcome.CARRIED, reason);
    }

    void adapted(String place, String reason) {
        add(place, Outcome.ADAPTED, reason);
    }

    void dropped(String place, String reason) {
        add(place, Outcome.DROPPED, reason);
    }

    /** Tells whether something was said about exactly this place. */
    boolean has(String place) {
        return places.contains(place);
    }

    List<Item> items() {
        return List.copyOf(items);
    }
}
