package io.maas.http;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.maas.http.limits.BodyLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that the OpenAPI document has is really met: each operation and status, each parameter, media type and header, each
 * property of a request, each of an answer, there and, if it need not be there, left out, and each kind of event. That what is met is
 * also in the document, {@link ServerFixture} sees to.
 */
class DocumentedAnswersTest extends ServerFixture {
    private static final String DEPRECATE = "POST /api/v1/models/{model}/versions/{version}/deprecate";
    private static final String VERSION = "/components/schemas/Version/properties/";
    private static final String LOST = "only on a host whose device is lost, which MaasHttpServerTest shows";
    private static final String WITHOUT_ENGINE = "only of versions that were registered where no engine was";

    /** What the document has and this test does not meet, with the reason. */
    private static final Map<String, String> NOT_MET = Map.ofEntries(
            entry(DEPRECATE + " 409", "only if somebody deletes the version at the same moment"),
            entry(DEPRECATE + " 409 as application/problem+json", "the same"),
            entry("GET /healthz 503", LOST),
            entry("GET /healthz 503 as application/json", LOST),
            entry("GET /v2/health/live 503", LOST),
            entry("GET /v2/health/live 503 as application/json", LOST),
            entry(
                    "/components/schemas/Performance/properties/versions/items/properties/last_call left out",
                    "only in the moment in which the first call ends"),
            entry(VERSION + "batch_invariance left out", WITHOUT_ENGINE),
            entry(VERSION + "engine left out", WITHOUT_ENGINE),
            entry(VERSION + "inputs left out", WITHOUT_ENGINE),
            entry(VERSION + "outputs left out", WITHOUT_ENGINE));

    @TempDir
    private Path folder;

    private final List<String> firstKeys = new ArrayList<>();

    @Override
    protected MaasHttpServerBuilder configure(MaasHttpServerBuilder builder) {
        return builder.clock(platform.clock())
                .requireKeys(firstKeys::add)
                .bodies(new BodyLimits(RefusalStory.LIMIT, RefusalStory.LIMIT, RefusalStory.LIMIT));
    }

    @Test
    void everythingThatIsDocumentedIsMet() throws IOException, InterruptedException {
        Asker admin = new Asker(this, firstKeys.get(0));
        new PlatformStory(admin, folder).tell();
        new ProtocolStory(admin).tell();
        new RefusalStory(admin, folder).tell();
        new EventStory(admin).tell();
        new ClosingStory(admin).tell();

        assertThat(unmet()).isEqualTo(new TreeSet<>(NOT_MET.keySet()));
    }

    /** Answers for the state of server and network are the same everywhere: that they fit is checked wherever they are met. */
    private Set<String> unmet() {
        Set<String> unmet = contract.unmet();
        unmet.removeIf(part -> part.contains(" default"));
        return unmet;
    }
}
