package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.internal.log.BlobKey;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The state as bytes, for bases. Binary, since a base is read by whoever opens the store and JSON of a hundred thousand
 * models took seconds; the log, which is JSON, says the same and is the truth.
 */
final class StateCodec {
    private static final int MAGIC = 0x4d616153; // "MaaS"
    private static final int LAYOUT = 1;
    private static final int MOST = 100_000_000;

    private StateCodec() {}

    static byte[] write(RegistryState.Snapshot state) {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(buffer, 1 << 16))) {
            out.writeInt(MAGIC);
            out.writeInt(LAYOUT);
            out.writeLong(state.head().number());
            digest(out, state.head().digest());
            instant(out, state.head().time());
            out.writeInt(state.models().size());
            for (ModelState model : state.models()) {
                model(out, model);
            }
            out.writeInt(state.tokens().size());
            for (Map.Entry<String, Tokens.Use> token : state.tokens().entrySet()) {
                out.writeUTF(token.getKey());
                out.writeLong(token.getValue().commit());
                out.writeUTF(token.getValue().intent());
            }
        } catch (IOException e) {
            throw new AssertionError("memory does not fail to be written", e);
        }
        return buffer.toByteArray();
    }

    private static void model(DataOutputStream out, ModelState model) throws IOException {
        out.writeUTF(model.name().value());
        out.writeInt(model.versions().size());
        for (VersionState version : model.versions()) {
            out.writeUTF(version.version());
            digest(out, version.digest());
            out.writeLong(version.size());
            out.writeLong(version.commit());
            instant(out, version.registeredAt());
            out.writeUTF(version.registeredBy());
            blob(out, version.manifest());
            out.writeInt(version.blobs().size());
            for (BlobKey blob : version.blobs()) {
                blob(out, blob);
            }
            out.writeInt(version.facts().size());
            for (Map.Entry<String, BlobKey> fact : new TreeMap<>(version.facts()).entrySet()) {
                out.writeUTF(fact.getKey());
                blob(out, fact.getValue());
            }
        }
        out.writeInt(model.aliases().size());
        for (Map.Entry<String, AliasState> alias : model.aliases().entrySet()) {
            out.writeUTF(alias.getKey());
            strings(out, alias.getValue().stack());
            out.writeInt(alias.getValue().moves().size());
            for (AliasMove move : alias.getValue().moves()) {
                move(out, move);
            }
        }
    }

    private static void move(DataOutputStream out, AliasMove move) throws IOException {
        out.writeLong(move.commit().number());
        instant(out, move.commit().time());
        out.writeUTF(move.commit().actor());
        optional(out, move.commit().reason());
        out.writeByte(move.kind() == AliasMove.Kind.PUBLISH ? 0 : 1);
        optional(out, move.from());
        out.writeUTF(move.to());
    }

    private static void digest(DataOutputStream out, Digest digest) throws IOException {
        out.write(digest.toBytes());
    }

    private static void blob(DataOutputStream out, BlobKey blob) throws IOException {
        digest(out, blob.digest());
        out.writeUTF(blob.suffix());
    }

    private static void instant(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private static void optional(DataOutputStream out, Optional<String> value) throws IOException {
        out.writeBoolean(value.isPresent());
        if (value.isPresent()) {
            out.writeUTF(value.get());
        }
    }

    private static void strings(DataOutputStream out, List<String> values) throws IOException {
        out.writeInt(values.size());
        for (String value : values) {
            out.writeUTF(value);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws InvalidInputException {@link ErrorCode#NEWER_LAYOUT} or {@link ErrorCode#BROKEN_CHAIN}; the log still has
     *     everything
     */
    static RegistryState.Snapshot read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes), 1 << 16))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("not a base");
            }
            int layout = in.readInt();
            if (layout > LAYOUT) {
                throw refused(ErrorCode.NEWER_LAYOUT, "it has layout " + layout, null);
            }
            RegistryState.Head head = new RegistryState.Head(in.readLong(), digest(in), instant(in));
            int count = count(in);
            List<ModelState> models = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                models.add(model(in));
            }
            Map<String, Tokens.Use> tokens = new LinkedHashMap<>();
            int used = count(in);
            for (int i = 0; i < used; i++) {
                tokens.put(in.readUTF(), new Tokens.Use(in.readLong(), in.readUTF()));
            }
            if (in.read() != -1) {
                throw new IOException("data after the end");
            }
            return new RegistryState.Snapshot(head, models, tokens);
        } catch (IOException e) {
            throw refused(ErrorCode.BROKEN_CHAIN, "it is damaged", e);
        } catch (MaasException e) {
            throw e instanceof InvalidInputException refused
                    ? refused
                    : refused(ErrorCode.BROKEN_CHAIN, "a field has an impossible value", e);
        }
    }

    private static ModelState model(DataInputStream in) throws IOException {
        ModelName name = ModelName.of(in.readUTF());
        int count = count(in);
        List<VersionState> versions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            versions.add(version(in));
        }
        int aliasCount = count(in);
        Map<String, AliasState> aliases = new TreeMap<>();
        for (int i = 0; i < aliasCount; i++) {
            String alias = in.readUTF();
            List<String> stack = strings(in);
            int moveCount = count(in);
            List<AliasMove> moves = new ArrayList<>();
            for (int m = 0; m < moveCount; m++) {
                moves.add(move(in, name, alias));
            }
            aliases.put(alias, new AliasState(stack, List.copyOf(moves)));
        }
        return new ModelState(name, List.copyOf(versions), Collections.unmodifiableMap(aliases));
    }

    private static VersionState version(DataInputStream in) throws IOException {
        String label = in.readUTF();
        Digest digest = digest(in);
        long size = in.readLong();
        long commit = in.readLong();
        Instant at = instant(in);
        String by = in.readUTF().intern();
        BlobKey manifest = blob(in);
        int blobCount = count(in);
        List<BlobKey> blobs = new ArrayList<>();
        for (int i = 0; i < blobCount; i++) {
            blobs.add(blob(in));
        }
        int factCount = count(in);
        Map<String, BlobKey> facts = new LinkedHashMap<>();
        for (int i = 0; i < factCount; i++) {
            facts.put(in.readUTF().intern(), blob(in));
        }
        return new VersionState(label, digest, size, commit, at, by, manifest, List.copyOf(blobs), Map.copyOf(facts));
    }

    private static AliasMove move(DataInputStream in, ModelName name, String alias) throws IOException {
        Commit commit = new Commit(in.readLong(), instant(in), in.readUTF(), optional(in));
        AliasMove.Kind kind = in.readByte() == 0 ? AliasMove.Kind.PUBLISH : AliasMove.Kind.ROLLBACK;
        return new AliasMove(commit, name, alias, kind, optional(in), in.readUTF());
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MOST) {
            throw new IOException("an impossible count, " + count);
        }
        return count;
    }

    private static Digest digest(DataInputStream in) throws IOException {
        byte[] bytes = new byte[32];
        in.readFully(bytes);
        return Digest.ofBytes(bytes);
    }

    private static BlobKey blob(DataInputStream in) throws IOException {
        return new BlobKey(digest(in), in.readUTF());
    }

    private static Instant instant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private static Optional<String> optional(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(in.readUTF()) : Optional.empty();
    }

    private static List<String> strings(DataInputStream in) throws IOException {
        int count = count(in);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(in.readUTF());
        }
        return List.copyOf(values);
    }

    private static InvalidInputException refused(ErrorCode code, String why, @Nullable Exception cause) {
        String doing = "read a base of the registry";
        String remedy = "the log has everything that it says; delete the base to read without it";
        return cause == null
                ? new InvalidInputException(code, doing, why, remedy)
                : new InvalidInputException(code, doing, why, remedy, cause);
    }
}
