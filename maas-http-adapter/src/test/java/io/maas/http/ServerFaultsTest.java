package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.maas.http.internal.exchange.Problems;
import io.maas.testkit.EngineFailure;
import org.junit.jupiter.api.Test;

/** What is nobody's fault but the server's: clients are told that much, and whoever runs it finds the cause in the log. */
class ServerFaultsTest extends ServerFixture {
    @Test
    void aStoreThatIsAwayIsLoggedWithTheTraceOfTheRequest() throws InterruptedException {
        platform.serve("price", "scale 3");
        platform.store().outage();
        try (LogCapture log = LogCapture.of(Problems.class.getName())) {
            Reply reply = post("/api/v1/models/price/hold", "{'reason': 'look'}");

            assertThat(reply.status()).as(reply.text()).isIn(500, 503);
            assertThat(reply.json().get("detail").asText())
                    .doesNotContain("outage")
                    .doesNotContain("memory");
            ILoggingEvent event = log.next();
            assertThat(event.getMDCPropertyMap())
                    .containsEntry("trace_id", reply.json().get("trace_id").asText());
            assertThat(event.getFormattedMessage())
                    .contains(reply.json().get("code").asText());
        } finally {
            platform.store().heal();
        }
    }

    @Test
    void anEngineThatFailsIsLoggedAndItsReasonTold() throws InterruptedException {
        platform.serve("price", "scale 3");
        assertThat(post("/predict", "{'input': [1]}").status()).isEqualTo(200); // which loads it
        platform.backend().failNextRuns(1, EngineFailure.INFERENCE_FAILED);
        try (LogCapture log = LogCapture.of(Problems.class.getName())) {
            Reply reply = post("/predict", "{'input': [1]}");

            assertThat(reply.status()).isEqualTo(500);
            ILoggingEvent event = log.next();
            assertThat(event.getMDCPropertyMap())
                    .containsEntry("trace_id", reply.json().get("trace_id").asText());
            assertThat(event.getThrowableProxy().getMessage())
                    .isEqualTo(reply.json().get("detail").asText());
        }
    }
}
