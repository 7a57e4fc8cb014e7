package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;

class MetricsTest extends ServerFixture {
    @Test
    void figuresAreScraped() {
        platform.serve("price", "scale 3");
        post("/predict", "{'input': [1]}");
        post("/predict", "{'input': ['a']}");
        Reply text = get("/metrics");
        assertThat(text.status()).isEqualTo(200);
        assertThat(text.header("Content-Type").orElseThrow()).startsWith("text/plain");
        assertThat(text.text())
                .contains("maas_calls_total{model=\"price\",outcome=\"succeeded\",version=\"1\"} 1.0")
                .contains("maas_call_seconds{model=\"price\",version=\"1\",quantile=\"0.99\"}")
                .contains("maas_call_seconds_count{model=\"price\",version=\"1\"} 1")
                .contains("maas_device_units{device=\"cpu\"} 1.0")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void openMetricsIsSpokenToWhoeverPrefersIt() {
        Reply text = send(HttpRequest.newBuilder(uri("/metrics"))
                .header("Accept", "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3"));
        assertThat(text.header("Content-Type").orElseThrow()).startsWith("application/openmetrics-text");
        assertThat(text.text()).endsWith("# EOF\n");
    }
}
