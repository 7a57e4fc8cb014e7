package io.maas.http.internal.auth;

import io.maas.http.internal.route.Permission;
import io.maas.repository.AccessRole;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/** What roles let their bearers do. */
final class Permissions {
    private Permissions() {}

    static Set<Permission> of(Collection<AccessRole> roles) {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        for (AccessRole own : roles) {
            for (AccessRole role : AccessRole.values()) {
                if (own.includes(role)) {
                    all.add(permission(role));
                }
            }
        }
        return all;
    }

    private static Permission permission(AccessRole role) {
        return switch (role) {
            case READER -> Permission.READ;
            case INVOKER -> Permission.INVOKE;
            case PUBLISHER -> Permission.PUBLISH;
            case APPROVER -> Permission.APPROVE;
            case ADMIN -> Permission.ADMIN;
        };
    }
}
