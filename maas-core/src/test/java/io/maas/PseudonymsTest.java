package io.maas;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.internal.log.CommitLog;
import io.maas.internal.store.MemoryStore;
import io.maas.repository.AuditEntry;
import io.maas.repository.AuditQuery;
import io.maas.repository.ChangeOptions;
import io.maas.repository.Commit;
import io.maas.repository.ModelVersion;
import io.maas.repository.Policy;
import io.maas.repository.PublishOptions;
import io.maas.repository.RegisterOptions;
import io.maas.testkit.FaultyStore;
import io.maas.testkit.ScriptedBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log keeps everything for good, so it should not have to keep names. */
class PseudonymsTest {
    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore apart = new FaultyStore(new MemoryStore());
    private final StoredPseudonyms actors = StoredPseudonyms.in(apart);
    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void open() {
        platforms = new Platforms(folder, memory);
        maas = platforms.builder().pseudonyms(actors).actor("ada lovelace").open();
    }

    @AfterEach
    void close() {
        maas.close();
    }

    private ModelVersion register() {
        return maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
    }

    private static ChangeOptions by(String actor) {
        return ChangeOptions.defaults().actor(actor);
    }

    private List<AuditEntry> did(String actor) {
        return maas.repository()
                .audit()
                .entries(AuditQuery.everything().by(actor), 100)
                .entries();
    }

    @Test
    void noNameReachesTheStore() {
        ModelVersion version = register();
        maas.repository().governance().setPolicy(Policy.open().heldBy("grace"), by("linus"));
        maas.repository().governance().approve(version, by("grace"));
        maas.repository().publish(version, PublishOptions.toProduction());
        maas.repository().governance().hold(version.name(), by("linus"));
        for (String key : memory.list("", "", 1000)) {
            assertThat(new String(memory.get(key).orElseThrow(), StandardCharsets.ISO_8859_1))
                    .as(key)
                    .doesNotContain("ada lovelace", "grace", "linus");
        }
        assertThat(version.registeredBy()).matches("p-[0-9a-f]{32}").isEqualTo(actors.idOf("ada lovelace"));
        assertThat(actors.actorOf(version.registeredBy())).contains("ada lovelace");
    }

    @Test
    void whoSharesTheMappingIsTheSameActorEverywhere() {
        ModelVersion version = register();
        maas.repository().governance().setPolicy(Policy.open().heldBy("grace"), ChangeOptions.defaults());
        maas.repository().governance().hold(version.name(), ChangeOptions.defaults());
        assertRefused(
                ErrorCode.OWN_APPROVAL,
                () -> maas.repository().governance().approve(version, ChangeOptions.defaults()));
        try (Maas other = platforms
                .builder()
                .pseudonyms(StoredPseudonyms.in(apart))
                .actor("grace")
                .open()) {
            other.repository().governance().unhold(version.name(), ChangeOptions.defaults());
            assertThat(other.repository().hold(version.name())).isEmpty();
        }
        maas.repository().refresh();
        assertThat(did("grace")).extracting(AuditEntry::kind).containsExactly("hold");
        assertThat(did(actors.idOf("grace"))).isEqualTo(did("grace"));
        assertThat(did("nobody")).isEmpty();
        assertThat(actors.find("nobody")).isEmpty(); // asking gives nobody an id
    }

    @Test
    void anAuthorDoesNotBecomeAnotherWhenPseudonymsAreIntroduced() {
        try (Maas before = platforms.builder().actor("ada lovelace").open()) {
            before.repository().register(ScriptedBackend.model("digits", "scale 5"));
        }
        maas.repository().refresh();
        ModelVersion version = maas.repository().resolve("digits:1");
        assertThat(version.registeredBy()).isEqualTo("ada lovelace");
        assertRefused(
                ErrorCode.OWN_APPROVAL,
                () -> maas.repository().governance().approve(version, ChangeOptions.defaults()));
    }

    @Test
    void anApprovalAndAHoldOfBeforeAreTheSameActors() {
        ModelVersion version = register();
        maas.repository().governance().setPolicy(Policy.open().approvals(2), ChangeOptions.defaults());
        try (Maas before = platforms.builder().actor("grace").open()) {
            before.repository().governance().approve(version, ChangeOptions.defaults());
            before.repository().governance().hold(version.name(), ChangeOptions.defaults());
        }
        maas.repository().refresh();
        maas.repository().governance().approve(version, by("grace"));
        assertThat(maas.repository().details(version).approvals())
                .extracting(Commit::actor)
                .containsExactly("grace");
        maas.repository().governance().unhold(version.name(), by("grace"));
        assertThat(maas.repository().hold(version.name())).isEmpty();
        assertRefused(
                ErrorCode.POLICY_APPROVALS, () -> maas.repository().publish(version, PublishOptions.toProduction()));
        maas.repository().governance().withdrawApproval(version, by("grace"));
        assertThat(maas.repository().details(version).approvals()).isEmpty();
    }

    @Test
    void whoIsForgottenStaysAnId() {
        ModelVersion version = register();
        actors.forget("ada lovelace");
        actors.forget("ada lovelace");
        assertThat(actors.actorOf(version.registeredBy())).isEmpty();
        assertThat(apart.list("", "", 10)).isEmpty();
        assertThat(maas.repository().audit().verify().isIntact()).isTrue();
        assertThat(maas.repository().versions(version.name())).containsExactly(version);
        assertThat(actors.idOf("ada lovelace")).isNotEqualTo(version.registeredBy());
    }

    @Test
    void withoutTheMappingNothingIsChanged() {
        ModelVersion version = register();
        apart.outage();
        assertRefused(
                ErrorCode.STORE_UNAVAILABLE,
                () -> maas.repository()
                        .publish(version, PublishOptions.toProduction().actor("grace")));
        apart.heal();
        assertThat(maas.repository().refresh()).isEqualTo(version.commit());
        assertThat(maas.repository()
                        .register(
                                ScriptedBackend.model("digits", "scale 2"),
                                RegisterOptions.defaults().actor("grace"))
                        .registeredBy())
                .isEqualTo(actors.idOf("grace"));
    }

    @Test
    void aDamagedMappingIsNoticed() {
        String id = actors.idOf("ada lovelace");
        String key = apart.list("", "", 10).get(0);
        apart.delete(key);
        apart.createIfAbsent(key, CommitLog.source("p-1".getBytes(StandardCharsets.UTF_8)));
        assertRefused(ErrorCode.CORRUPT_BLOB, () -> actors.idOf("ada lovelace"));
        assertRefused(ErrorCode.CORRUPT_BLOB, () -> actors.actorOf(id));
    }
}
