package io.maas.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Manifest;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AccessSecret;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.RegisterOptions;
import io.maas.repository.RepositoryView;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is let in from elsewhere: access keys. */
abstract class AccessContract extends GovernanceContract {
    private static final AccessSecret SECRET = secret("a1b2c3d4e5f6a7b8");

    static AccessSecret secret(String id) {
        return AccessSecret.read("maas_" + id + "_" + "0f".repeat(32)).orElseThrow();
    }

    /** A key with everything that a key can have. */
    AccessKey fullKey() {
        return SECRET.key("the shop", AccessRole.PUBLISHER, AccessRole.APPROVER)
                .forModels(List.of(IRIS, DIGITS))
                .validUntil(clock.instant().plus(Duration.ofDays(90)));
    }

    @Test
    void aGrantedKeyIsKnownToEveryHostUntilItIsRevoked() {
        AccessKey key = fullKey();
        Commit granted = repository.governance().grant(key, by("grace").reason("the shop asks"));
        AccessKey admin = secret("0000").key("admin", AccessRole.ADMIN);
        Commit second = repository.governance().grant(admin, ChangeOptions.defaults());

        for (ModelRepository host : List.of(repository, platform().repository())) {
            assertThat(host.accessKeys())
                    .containsExactly(new AccessGrant(admin, second), new AccessGrant(key, granted));
            assertThat(host.accessKey(key.id())).contains(new AccessGrant(key, granted));
        }
        assertThat(granted.actor()).isEqualTo("grace");

        repository.governance().revoke(key.id(), ChangeOptions.defaults());
        assertThat(repository.accessKey(key.id())).isEmpty();
        assertThat(platform().repository().accessKeys())
                .extracting(AccessGrant::key)
                .containsExactly(admin);
        RepositoryView before = repository.stateAt(second.number());
        assertThat(before.accessKey(key.id())).isPresent();
    }

    @Test
    void whatCannotBeGrantedOrRevokedChangesNothing() {
        AccessKey key = fullKey();
        refused(ErrorCode.UNKNOWN_RECORD, () -> repository.governance().revoke(key.id(), ChangeOptions.defaults()));
        repository.governance().grant(key, ChangeOptions.defaults().token("once"));
        repository.governance().grant(key, ChangeOptions.defaults().token("once"));
        refused(
                ErrorCode.TOKEN_REUSED,
                () -> repository
                        .governance()
                        .revoke(key.id(), ChangeOptions.defaults().token("once")));
        refused(ErrorCode.STALE, () -> repository.governance().grant(key, ChangeOptions.defaults()))
                .hasMessageContaining("the shop");
        refused(
                ErrorCode.STALE,
                () -> repository.governance().grant(secret(key.id()).key("other", AccessRole.READER), by("grace")));
    }

    @Test
    void grantsAreAuditedWithoutTheSecret() {
        repository.governance().grant(fullKey(), by("grace"));
        repository.governance().revoke(SECRET.id(), by("linus"));

        var entries = repository
                .audit()
                .entries(AuditQuery.everything().kinds("grant-key", "revoke-key"), 10)
                .entries();
        assertThat(entries).extracting(entry -> entry.commit().actor()).containsExactly("grace", "linus");
        assertThat(entries).extracting(entry -> entry.subject()).containsOnly(SECRET.id());
        assertThat(entries.get(0).details())
                .containsEntry("label", "the shop")
                .containsEntry("roles", List.of("publisher", "approver"))
                .containsEntry("models", List.of("digits", "iris"));
        assertThat(entries.toString()).doesNotContain("0f0f0f0f");
    }

    @Test
    void whoActsForSomeModelsRegistersNoOthers() {
        RegisterOptions some = RegisterOptions.defaults().within(List.of(DIGITS));
        repository.register(ScriptedBackend.model("digits", "scale 1"), some);
        ModelVersion iris = register("iris", 1);
        refused(ErrorCode.OTHER_MODEL, () -> repository.register(ScriptedBackend.model("iris", "scale 2"), some))
                .hasMessageContaining("iris");
        Manifest user = Manifest.builder("digits", ScriptedBackend.FORMAT)
                .dependsOn(new Manifest.Dependency(IRIS, iris.digest()))
                .build();
        refused(ErrorCode.OTHER_MODEL, () -> repository.register(ScriptedBackend.model(user, "scale 3"), some));
        assertThat(repository
                        .audit()
                        .entries(AuditQuery.everything().ofModels(List.of()), 10)
                        .entries())
                .isEmpty();
    }
}
