package io.maas.internal.registry;

import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Access keys as bytes, at the end of a base that has any; platforms that do not know of them read the others. */
final class AccessCodec {
    private AccessCodec() {}

    static void write(DataOutputStream out, Map<String, AccessGrant> grants) throws IOException {
        Binary.all(out, grants.values(), (to, grant) -> {
            key(to, grant.key());
            Binary.commit(to, grant.commit());
        });
    }

    private static void key(DataOutputStream out, AccessKey key) throws IOException {
        out.writeUTF(key.id());
        out.writeUTF(key.label());
        Binary.digest(out, key.secret());
        Binary.all(out, key.roles(), (to, role) -> to.writeUTF(role.name()));
        Binary.optional(
                out,
                key.models(),
                (to, models) -> Binary.all(to, models, (each, model) -> each.writeUTF(model.value())));
        Binary.optional(out, key.until(), Binary::instant);
    }

    /** Reads what {@link #write} wrote, by id. */
    static Map<String, AccessGrant> read(DataInputStream in) throws IOException {
        Map<String, AccessGrant> grants = new TreeMap<>();
        for (AccessGrant grant : Binary.all(in, from -> new AccessGrant(key(from), Binary.commit(from)))) {
            grants.put(grant.key().id(), grant);
        }
        return grants;
    }

    private static AccessKey key(DataInputStream in) throws IOException {
        String id = in.readUTF();
        String label = in.readUTF();
        Digest secret = Binary.digest(in);
        Set<AccessRole> roles = new LinkedHashSet<>(Binary.all(in, from -> AccessRole.valueOf(from.readUTF())));
        Optional<Set<ModelName>> models = Binary.optional(
                in, from -> new LinkedHashSet<>(Binary.all(from, each -> ModelName.of(each.readUTF()))));
        return new AccessKey(id, label, secret, roles, models, Binary.optional(in, Binary::instant));
    }
}
