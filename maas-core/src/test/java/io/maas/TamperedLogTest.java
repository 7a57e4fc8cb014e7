package io.maas;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.tuple;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.registry.Registry;
import io.maas.internal.store.MemoryStore;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.TrustKey;
import io.maas.repository.AuditQuery;
import io.maas.repository.LogHead;
import io.maas.repository.LogVerification;
import io.maas.repository.LogVerification.Finding;
import io.maas.repository.LogVerification.Part;
import io.maas.repository.ModelVersion;
import io.maas.repository.PublishOptions;
import io.maas.testkit.ForwardingStore;
import io.maas.testkit.ScriptedBackend;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody who can write the store does to the log behind the platform's back, and who notices. */
class TamperedLogTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final int COMMITS = 600;

    @TempDir
    Path folder;

    private final MemoryStore memory = new MemoryStore();
    private Platforms platforms;
    private Maas maas;

    @BeforeEach
    void fill() {
        platforms = new Platforms(folder, memory);
        maas = platforms.open();
        ModelVersion one = maas.repository().register(ScriptedBackend.model("digits", "scale 1"));
        ModelVersion two = maas.repository().register(ScriptedBackend.model("digits", "scale 2"));
        for (int i = 2; i < COMMITS; i++) {
            maas.repository().publish(i % 2 == 0 ? one : two, PublishOptions.toProduction());
        }
        ((Registry) maas.repository()).maintain();
        assertThat(memory.list("default/segments/", "", 10)).hasSize(2);
        assertThat(memory.list("default/base/", "", 10)).isNotEmpty();
    }

    @AfterEach
    void close() {
        maas.close();
    }

    private static String commit(long number) {
        return String.format(Locale.ROOT, "default/log/%012d.json", number);
    }

    private String text(String key) {
        return new String(memory.get(key).orElseThrow(), StandardCharsets.UTF_8);
    }

    private void replace(String key, byte[] content) {
        memory.delete(key);
        memory.createIfAbsent(key, CommitLog.source(content));
    }

    private void edit(long number, String from, String to) {
        String before = text(commit(number));
        assertThat(before).contains(from);
        replace(commit(number), before.replace(from, to).getBytes(StandardCharsets.UTF_8));
    }

    private LogVerification verify() {
        return maas.repository().audit().verify();
    }

    private void isBadFrom(long number) {
        LogVerification verification = verify();
        assertThat(verification.isIntact()).isFalse();
        assertThat(verification.firstBadCommit()).hasValue(number);
        assertThat(verification.verified().commit()).isEqualTo(number - 1);
    }

    @Test
    void aLongLogIsSoundAsItIs() {
        assertThat(verify().findings()).isEmpty();
    }

    @Test
    void theFirstEditedCommitIsNamedByTheOneAfterIt() {
        edit(300, "tester", "nobody");
        isBadFrom(301); // 300 reads well; 301 follows on what it was
    }

    @Test
    void anEditedNewestCommitIsNoticedByWhoeverHasSeenIt() {
        edit(COMMITS - 1, "tester", "nobody");
        isBadFrom(COMMITS - 1);
    }

    @Test
    void aDamagedCommitIsNamed() {
        replace(commit(42), "no commit".getBytes(StandardCharsets.UTF_8));
        isBadFrom(42);
    }

    @Test
    void aMissingCommitIsNamed() {
        memory.delete(commit(99));
        isBadFrom(99);
    }

    @Test
    void aTailThatWasCutIsNoticedByTheHint() {
        for (int i = 580; i < COMMITS; i++) {
            memory.delete(commit(i));
        }
        isBadFrom(580);
    }

    @Test
    void whatNoPlatformWouldHaveCommittedIsNamed() {
        // a chain that holds, with an operation that could not be made: somebody recomputed the digests
        String next = text(commit(COMMITS - 1));
        long number = COMMITS;
        String forged = next.replace("\"n\":" + (COMMITS - 1), "\"n\":" + number)
                .replaceAll(
                        "\"previous\":\"[0-9a-f]{64}\"",
                        "\"previous\":\""
                                + maas.repository().audit().head().digest().hex() + "\"");
        replace(commit(number), forged.getBytes(StandardCharsets.UTF_8));
        isBadFrom(number);
    }

    @Test
    void aStateThatIsNotWhatTheCommitsAddUpToIsNamed() throws IOException {
        List<String> bases = memory.list("default/base/", "", 10);
        String base = bases.get(bases.size() - 1);
        replace(base, rewritten(memory.get(base).orElseThrow()));
        try (Maas deceived = platforms.open()) {
            LogVerification verification = deceived.repository().audit().verify();
            assertThat(verification.findings()).extracting(Finding::part).containsOnly(Part.BASE);
            assertThat(verification.firstBadCommit()).isEmpty();
        }
    }

    /** A base in which somebody else registered everything. */
    private static byte[] rewritten(byte[] base) throws IOException {
        byte[] plain = new GZIPInputStream(new ByteArrayInputStream(base)).readAllBytes();
        String edited = new String(plain, StandardCharsets.ISO_8859_1).replace("tester", "nobody");
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(buffer)) {
            out.write(edited.getBytes(StandardCharsets.ISO_8859_1));
        }
        return buffer.toByteArray();
    }

    @Test
    void aSegmentWithOtherCommitsIsNamed() {
        List<String> segments = memory.list("default/segments/", "", 10);
        replace(segments.get(1), memory.get(segments.get(0)).orElseThrow());
        assertThat(verify().findings())
                .extracting(Finding::part, Finding::commit)
                .containsExactly(tuple(Part.SEGMENT, 256L));
    }

    @Test
    void aLogThatCannotBeOpenedIsVerifiedAllTheSame() {
        memory.delete(commit(COMMITS - 1));
        try (Maas fresh = platforms.builder().cache(folder.resolve("fresh")).open()) {
            fail("opened as of commit " + fresh.repository().head());
        } catch (InvalidInputException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.BROKEN_CHAIN);
        }
        assertThat(Registries.verify(memory, "default").firstBadCommit()).hasValue(COMMITS - 1);
        assertThat(Registries.verify(memory, "default").verified().commit()).isEqualTo(COMMITS - 2);
        assertRefused(ErrorCode.STORE_UNAVAILABLE, () -> Registries.verify(memory, "nowhere"));
    }

    @Test
    void anotherFormatIsNamed() {
        replace(
                "default/format.json",
                text("default/format.json").replace("\"layout\"", " \"layout\"").getBytes(StandardCharsets.UTF_8));
        assertThat(verify().findings()).extracting(Finding::part).containsExactly(Part.FORMAT);
    }

    @Test
    void bytesThatChangeOnTheWayAreNoDamage() {
        Set<String> read = ConcurrentHashMap.newKeySet();
        ForwardingStore flipping = new ForwardingStore(memory) {
            @Override
            public Optional<byte[]> get(String key) {
                Optional<byte[]> bytes = super.get(key);
                if (key.startsWith("default/log/") && key.endsWith("7.json") && read.add(key)) {
                    bytes.ifPresent(commit -> commit[0] ^= 4); // no JSON any more, which even the newest commit shows
                }
                return bytes;
            }
        };
        try (Maas far = platforms.builderOn(flipping).open()) {
            assertThat(far.repository().head()).isEqualTo(COMMITS - 1);
            assertThat(far.repository().audit().verify().findings()).isEmpty();
            assertThat(read).hasSizeGreaterThanOrEqualTo(COMMITS / 10);
        }
    }

    @Test
    void whatIsToldOfALogIsWhatWasCommitted() {
        edit(COMMITS - 1, "tester", "nobody");
        assertRefused(
                ErrorCode.BROKEN_CHAIN,
                () -> maas.repository().audit().entries(AuditQuery.everything().fromCommit(COMMITS - 1), 10));
        assertRefused(ErrorCode.BROKEN_CHAIN, () -> maas.repository().audit().complianceReport(ModelName.of("digits")));
        // what lies before is not in doubt
        assertThat(maas.repository()
                        .audit()
                        .entries(AuditQuery.everything(), 10)
                        .entries())
                .hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void aForgedSegmentKeepsNobodyFromTheLog() {
        List<String> segments = memory.list("default/segments/", "", 10);
        replace(segments.get(0), memory.get(segments.get(1)).orElseThrow());
        assertThat(maas.repository()
                        .audit()
                        .entries(AuditQuery.everything(), COMMITS * 3)
                        .next())
                .isEmpty();
    }

    // ---- attestations

    @Test
    void anAttestationShowsThatALogWasReplacedByAShorterOne() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        List<TrustKey> trusted = List.of(TrustKey.of("auditor", keys.getPublic()));
        LogHead head = maas.repository().audit().head();
        Digest tenth = Digest.of(memory.get(commit(10)).orElseThrow());
        String attestation = Attestations.attest(head, Signers.of(keys));
        assertThat(maas.repository().audit().verify(attestation, trusted, NOW).head())
                .isEqualTo(head);

        // the commits are read, and not the segments that are copies of them
        for (long number : new long[] {10, 300, COMMITS - 1}) {
            byte[] original = memory.get(commit(number)).orElseThrow();
            edit(number, "tester", "nobody");
            String early = Attestations.attest(new LogHead(head.registry(), 10, tenth, head.time()), Signers.of(keys));
            assertRefused(
                    ErrorCode.BROKEN_CHAIN, () -> maas.repository().audit().verify(early, trusted, NOW));
            replace(commit(number), original);
            assertThat(maas.repository()
                            .audit()
                            .verify(early, trusted, NOW)
                            .head()
                            .commit())
                    .isEqualTo(10);
        }

        // a thorough attacker cuts everything that tells of the tail, and no platform keeps house meanwhile
        maas.close();
        for (int i = 500; i < COMMITS; i++) {
            memory.delete(commit(i));
        }
        memory.delete("default/hint/last");
        memory.list("default/segments/", "", 10).forEach(memory::delete);
        memory.list("default/base/", "", 10).forEach(memory::delete);
        try (Maas later = platforms.builder().cache(folder.resolve("fresh")).open()) {
            assertThat(later.repository().audit().verify().isIntact()).isTrue();
            assertRefused(
                            ErrorCode.BROKEN_CHAIN,
                            () -> later.repository().audit().verify(attestation, trusted, NOW))
                    .hasMessageContaining("ends at commit 499")
                    .hasMessageContaining("commit 599 was attested");
            // and goes on writing until the numbers are there again
            ModelVersion one = later.repository().resolve("digits:1");
            ModelVersion two = later.repository().resolve("digits:2");
            for (int i = 0; later.repository().head() < COMMITS; i++) {
                later.repository().publish(i % 2 == 0 ? one : two, PublishOptions.to("canary"));
            }
            assertRefused(
                            ErrorCode.BROKEN_CHAIN,
                            () -> later.repository().audit().verify(attestation, trusted, NOW))
                    .hasMessageContaining("commit 599 is another one");
        }
        try (Maas other = new Platforms(folder.resolve("other")).open()) {
            assertRefused(
                            ErrorCode.BROKEN_CHAIN,
                            () -> other.repository().audit().verify(attestation, trusted, NOW))
                    .hasMessageContaining("another registry");
        }
        String forged = Attestations.attest(
                new LogHead(head.registry(), 499, head.digest(), head.time()), Signers.of(generator.generateKeyPair()));
        assertRefused(
                ErrorCode.SIGNER_UNTRUSTED, () -> maas.repository().audit().verify(forged, trusted, NOW));
    }
}
