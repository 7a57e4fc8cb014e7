package io.maas.internal.registry;

import static io.maas.internal.registry.Binary.all;
import static io.maas.internal.registry.Binary.blob;
import static io.maas.internal.registry.Binary.instant;
import static io.maas.internal.registry.Binary.optional;

import io.maas.internal.log.BlobKey;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import io.maas.repository.Policy;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What is not about one model, as bytes, without the access keys. */
final class CommonCodec {
    private CommonCodec() {}

    static void write(DataOutputStream out, Common common) throws IOException {
        optional(out, common.policy(), CommonCodec::policy);
        all(out, common.policies().entrySet(), (to, own) -> {
            to.writeUTF(own.getKey().value());
            policy(to, own.getValue());
        });
        all(out, common.keys().values(), CommonCodec::key);
        all(out, common.condemned().entrySet(), (to, entry) -> {
            blob(to, entry.getKey());
            to.writeLong(entry.getValue().commit());
            instant(to, entry.getValue().time());
        });
        out.writeLong(common.collected());
    }

    private static void policy(DataOutputStream out, Policy policy) throws IOException {
        strings(out, policy.aliases());
        out.writeInt(policy.approvals());
        out.writeBoolean(policy.author() == Policy.Author.MAY_APPROVE);
        strings(out, policy.signers());
        strings(out, policy.licenses());
        strings(out, policy.cardSections());
        out.writeBoolean(policy.compatibility() == Policy.Compatibility.COMPATIBLE);
        strings(out, policy.holders());
        out.writeInt(policy.keepUnpublished().orElse(-1));
    }

    private static void key(DataOutputStream out, TrustKey key) throws IOException {
        out.writeUTF(key.name());
        out.writeUTF(key.pem());
        optional(out, key.from(), Binary::instant);
        optional(out, key.until(), Binary::instant);
    }

    private static void strings(DataOutputStream out, Set<String> values) throws IOException {
        all(out, values, DataOutputStream::writeUTF);
    }

    static Common read(DataInputStream in) throws IOException {
        Optional<Policy> policy = optional(in, CommonCodec::policy);
        Map<ModelName, Policy> policies = new HashMap<>();
        all(in, from -> policies.put(ModelName.of(from.readUTF()), policy(from)));
        Map<String, TrustKey> keys = new HashMap<>();
        for (TrustKey key : all(in, CommonCodec::key)) {
            keys.put(key.id(), key);
        }
        Map<BlobKey, Common.Condemned> condemned = new HashMap<>();
        all(in, from -> condemned.put(blob(from), new Common.Condemned(from.readLong(), instant(from))));
        return new Common(policy, policies, keys, Map.of(), condemned, in.readLong());
    }

    private static Policy policy(DataInputStream in) throws IOException {
        return new Policy(
                strings(in),
                in.readInt(),
                in.readBoolean() ? Policy.Author.MAY_APPROVE : Policy.Author.MAY_NOT_APPROVE,
                strings(in),
                strings(in),
                strings(in),
                in.readBoolean() ? Policy.Compatibility.COMPATIBLE : Policy.Compatibility.ANY,
                strings(in),
                kept(in.readInt()));
    }

    private static OptionalInt kept(int value) {
        return value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private static TrustKey key(DataInputStream in) throws IOException {
        return new TrustKey(in.readUTF(), in.readUTF(), optional(in, Binary::instant), optional(in, Binary::instant));
    }

    private static Set<String> strings(DataInputStream in) throws IOException {
        return new LinkedHashSet<>(all(in, Binary::string));
    }
}
