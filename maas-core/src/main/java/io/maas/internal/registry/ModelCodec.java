package io.maas.internal.registry;

import static io.maas.internal.registry.Binary.all;
import static io.maas.internal.registry.Binary.blob;
import static io.maas.internal.registry.Binary.commit;
import static io.maas.internal.registry.Binary.digest;
import static io.maas.internal.registry.Binary.optional;

import io.maas.internal.log.BlobKey;
import io.maas.model.Manifest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.Lifecycle;
import io.maas.repository.Standing;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One model as bytes. */
final class ModelCodec {
    private ModelCodec() {}

    static void write(DataOutputStream out, ModelState model) throws IOException {
        out.writeUTF(model.name().value());
        optional(out, model.hold(), Binary::commit);
        all(out, model.versions(), ModelCodec::version);
        out.writeInt(model.aliases().size());
        for (Map.Entry<String, AliasState> alias : model.aliases().entrySet()) {
            out.writeUTF(alias.getKey());
            all(out, alias.getValue().stack(), DataOutputStream::writeUTF);
            all(out, alias.getValue().moves(), ModelCodec::move);
        }
    }

    private static void version(DataOutputStream out, VersionState version) throws IOException {
        out.writeUTF(version.version());
        digest(out, version.digest());
        out.writeLong(version.size());
        out.writeLong(version.commit());
        out.writeLong(version.registeredMillis());
        out.writeUTF(version.registeredBy());
        blob(out, version.manifest());
        all(out, version.blobs(), Binary::blob);
        all(out, version.dependsOn(), (to, need) -> {
            to.writeUTF(need.model().value());
            digest(to, need.digest());
        });
        out.writeInt(version.facts().size());
        for (Map.Entry<String, BlobKey> fact : new TreeMap<>(version.facts()).entrySet()) {
            out.writeUTF(fact.getKey());
            blob(out, fact.getValue());
        }
        out.writeUTF(version.standing().lifecycle().name());
        optional(out, version.standing().since(), Binary::commit);
        all(out, version.approvals(), Binary::commit);
    }

    private static void move(DataOutputStream out, AliasMove move) throws IOException {
        commit(out, move.commit());
        out.writeUTF(move.kind().name());
        optional(out, move.from(), DataOutputStream::writeUTF);
        optional(out, move.to(), DataOutputStream::writeUTF);
    }

    static ModelState read(DataInputStream in) throws IOException {
        ModelName name = ModelName.of(in.readUTF());
        Optional<Commit> hold = optional(in, Binary::commit);
        List<VersionState> versions = List.copyOf(all(in, ModelCodec::version));
        Map<String, AliasState> aliases = new TreeMap<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String alias = Binary.label(in);
            List<String> stack = List.copyOf(all(in, Binary::label));
            aliases.put(alias, new AliasState(stack, List.copyOf(all(in, from -> move(from, name, alias)))));
        }
        return new ModelState(name, versions, ModelState.sealed(aliases), hold);
    }

    private static VersionState version(DataInputStream in) throws IOException {
        return new VersionState(
                Binary.label(in),
                digest(in),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readUTF().intern(),
                blob(in),
                List.copyOf(all(in, Binary::blob)),
                List.copyOf(all(in, from -> new Manifest.Dependency(ModelName.of(from.readUTF()), digest(from)))),
                facts(in),
                standing(in),
                List.copyOf(all(in, Binary::commit)));
    }

    private static Standing standing(DataInputStream in) throws IOException {
        Lifecycle lifecycle = one(Lifecycle.class, in.readUTF());
        Optional<Commit> since = optional(in, Binary::commit);
        return lifecycle == Lifecycle.ACTIVE && since.isEmpty() ? Standing.active() : new Standing(lifecycle, since);
    }

    private static Map<String, BlobKey> facts(DataInputStream in) throws IOException {
        int count = in.readInt();
        Map<String, BlobKey> facts = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            facts.put(in.readUTF().intern(), blob(in));
        }
        return Map.copyOf(facts);
    }

    private static AliasMove move(DataInputStream in, ModelName name, String alias) throws IOException {
        Commit by = commit(in);
        AliasMove.Kind kind = one(AliasMove.Kind.class, in.readUTF());
        return new AliasMove(by, name, alias, kind, optional(in, Binary::label), optional(in, Binary::label));
    }

    private static <E extends Enum<E>> E one(Class<E> type, String name) throws IOException {
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new IOException("an impossible choice, " + name, e);
        }
    }
}
