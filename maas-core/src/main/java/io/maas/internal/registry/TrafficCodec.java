package io.maas.internal.registry;

import io.maas.model.ModelName;
import io.maas.repository.Commit;
import io.maas.repository.Traffic;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The traffic of aliases as bytes, after everything else in a base. Few aliases have any, and a base where none has is one
 * that platforms read which do not know of it.
 */
final class TrafficCodec {
    private TrafficCodec() {}

    /** The traffic of one alias, and where it belongs. */
    private record Entry(ModelName model, String alias, TrafficState state) {}

    static boolean isNeeded(List<ModelState> models) {
        for (ModelState model : models) {
            for (AliasState alias : model.aliases().values()) {
                if (alias.traffic().isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    static void write(DataOutputStream out, List<ModelState> models) throws IOException {
        List<Entry> entries = new ArrayList<>();
        models.forEach(model -> model.aliases()
                .forEach((alias, state) ->
                        state.traffic().ifPresent(traffic -> entries.add(new Entry(model.name(), alias, traffic)))));
        Binary.all(out, entries, TrafficCodec::write);
    }

    private static void write(DataOutputStream out, Entry entry) throws IOException {
        out.writeUTF(entry.model().value());
        out.writeUTF(entry.alias());
        Traffic traffic = entry.state().traffic();
        Binary.all(out, traffic.shares(), (to, share) -> {
            to.writeUTF(share.version());
            to.writeInt(share.weight());
        });
        Binary.optional(out, traffic.shadow(), (to, shadow) -> {
            to.writeUTF(shadow.version());
            to.writeDouble(shadow.fraction());
        });
        Binary.commit(out, entry.state().since());
    }

    /** Reads what {@link #write} wrote, and returns the models with it. */
    static List<ModelState> read(DataInputStream in, List<ModelState> models) throws IOException {
        Map<ModelName, List<Entry>> entries = new HashMap<>();
        for (Entry entry : Binary.all(in, TrafficCodec::entry)) {
            entries.computeIfAbsent(entry.model(), name -> new ArrayList<>()).add(entry);
        }
        List<ModelState> all = new ArrayList<>(models.size());
        for (ModelState model : models) {
            ModelState next = model;
            for (Entry entry : entries.getOrDefault(model.name(), List.of())) {
                AliasState alias = model.alias(entry.alias())
                        .orElseThrow(() -> new IOException("traffic of no alias, " + entry.alias()));
                next = next.with(entry.alias(), alias.with(entry.state()));
            }
            all.add(next);
        }
        return all;
    }

    private static Entry entry(DataInputStream in) throws IOException {
        ModelName model = ModelName.of(in.readUTF());
        String alias = Binary.label(in);
        List<Traffic.Share> shares = Binary.all(in, from -> new Traffic.Share(Binary.label(from), from.readInt()));
        Traffic traffic = new Traffic(
                shares, Binary.optional(in, from -> new Traffic.Shadow(Binary.label(from), from.readDouble())));
        Commit since = Binary.commit(in);
        return new Entry(model, alias, new TrafficState(traffic, since));
    }
}
