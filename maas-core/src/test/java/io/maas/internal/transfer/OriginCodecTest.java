package io.maas.internal.transfer;

import static io.maas.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.repository.AliasMove;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.Lifecycle;
import io.maas.repository.ModelVersion;
import io.maas.repository.Origin;
import io.maas.repository.Standing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCodecTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final ModelName DIGITS = ModelName.of("digits");
    private static final Digest DIGEST = Digest.of(new byte[] {1});

    private static Origin origin(int earlier) {
        ModelVersion version = new ModelVersion(DIGITS, "v" + earlier, DIGEST, 5, 7, TIME, "ada");
        Commit commit = new Commit(8, 1, TIME, "grace", Optional.of("why"));
        GateReport report = new GateReport(
                version,
                "production",
                Optional.empty(),
                TIME,
                List.of(new GateReport.Check(
                        GateReport.Gate.DIGEST, GateReport.Outcome.PASSED, Optional.empty(), "it is whole")),
                Optional.empty(),
                List.of("iris:1"),
                Optional.of("it has to be"));
        return new Origin(
                Digest.of(new byte[] {2}),
                9,
                Digest.of(new byte[] {3}),
                version,
                Optional.of("new"),
                new Standing(Lifecycle.DEPRECATED, Optional.of(commit)),
                List.of(commit),
                List.of(new AliasMove(
                        commit,
                        DIGITS,
                        "production",
                        AliasMove.Kind.ROLLBACK,
                        Optional.of("3"),
                        Optional.of(version.version()))),
                Map.of("production", report),
                earlier == 0 ? Optional.empty() : Optional.of(origin(earlier - 1)));
    }

    private static Origin read(byte[] json) {
        return OriginCodec.read(json, ErrorCode.BAD_DOCUMENT);
    }

    private static int depth(Origin origin) {
        return origin.earlier().map(before -> 1 + depth(before)).orElse(0);
    }

    @Test
    void whatIsWrittenIsRead() {
        for (int earlier : new int[] {0, 1, 8}) {
            assertThat(read(OriginCodec.write(origin(earlier)))).isEqualTo(origin(earlier));
        }
    }

    @Test
    void theEarliestAreLeftOutWhereThereAreTooMany() {
        Origin kept = read(OriginCodec.write(origin(30)));
        assertThat(depth(kept)).isEqualTo(8);
        assertThat(kept.version()).isEqualTo(origin(30).version());
    }

    @Test
    void noChainIsEndless() {
        String json = new String(OriginCodec.write(origin(8)), StandardCharsets.UTF_8);
        String one = new String(OriginCodec.write(origin(0)), StandardCharsets.UTF_8).trim();
        int last = json.lastIndexOf("\"reports\"");
        String longer = json.substring(0, last) + "\"earlier\" : " + one + ", " + json.substring(last);
        assertRefused(ErrorCode.BAD_DOCUMENT, () -> read(longer.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "{\"schema\":\"maas-origin/2\"}", "{\"schema\":\"maas-origin/1\"}"})
    void whatIsNoOriginIsRefused(String json) {
        assertRefused(ErrorCode.BAD_DOCUMENT, () -> read(json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits", "ada", "2026-01-01T00:00:00Z", "rollback", "deprecated", "production", "passed"})
    void everyValueIsChecked(String value) {
        String json = new String(OriginCodec.write(origin(0)), StandardCharsets.UTF_8);
        assertRefused(
                ErrorCode.BAD_DOCUMENT,
                () -> read(json.replace("\"" + value + "\"", "{\"x\":1}").getBytes(StandardCharsets.UTF_8)));
        assertRefused(ErrorCode.BAD_DOCUMENT, () -> read(new byte[(16 << 20) + 1]));
    }
}
