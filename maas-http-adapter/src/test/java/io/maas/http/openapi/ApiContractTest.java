package io.maas.http.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What strays from the document is noticed, whichever way. */
class ApiContractTest {
    private static final String MODEL = "/api/v1/models/m";
    private static final String CHANGE =
            "{'model': 'm', 'commit': 1, 'index': 0, 'time': '2026-01-01T00:00:00Z', 'actor': 'a'}";
    private static final String PROBLEM =
            "{'type': 'urn:maas:problem:x', 'title': 'X', 'status': 400, 'detail': 'd', 'code': 'x', 'trace_id': '"
                    + "0123456789abcdef".repeat(2) + "'}";

    private final ApiContract contract = new ApiContract();

    private static Call call(String method, String path, String body, int status, String answer, String... headers) {
        Map<String, List<String>> all = new TreeMap<>();
        all.put(
                "Content-Type",
                List.of(status < 400 || path.startsWith("/v") ? "application/json" : "application/problem+json"));
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], List.of(headers[i + 1]));
        }
        return new Call(
                method,
                URI.create("http://127.0.0.1" + path),
                HttpHeaders.of(Map.of(), (name, value) -> true),
                Optional.of(json(body)),
                status,
                HttpHeaders.of(all, (name, value) -> true),
                Optional.of(json(answer)));
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private void passes(Call call) {
        assertThatCode(() -> contract.check(call)).doesNotThrowAnyException();
    }

    private void strays(Call call, String... how) {
        assertThatThrownBy(() -> contract.check(call))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(call.toString())
                .hasMessageContainingAll(how);
    }

    @Test
    void whatTheDocumentHasPasses() {
        passes(call("GET", "/healthz", "", 200, "{'status': 'ok'}"));
        passes(call("POST", MODEL + "/publish", "{'version': '1'}", 200, CHANGE));
        passes(call("POST", MODEL + "/publish", "version=1&reason=x", 200, CHANGE));
        passes(call("POST", MODEL + "/publish", "[", 400, PROBLEM));
        passes(call("GET", "/v2/models/stats", "", 200, "{'model_stats': []}"));
        passes(call("GET", "/%68ealthz", "", 200, "{'status': 'ok'}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{}                                | required property 'status'",
                "{'status': 'ok', 'more': 1}       | 'more'",
                "{'status': 'good'}                | enumeration",
                "[]                                | object expected",
                "ok                                | not JSON"
            })
    void answersOfAnotherFormStray(String answer, String how) {
        strays(call("GET", "/healthz", "", 200, answer), how);
    }

    @Test
    void formatsCount() {
        strays(call("POST", MODEL + "/hold", "", 200, CHANGE.replace("T00:00:00Z", "")), "date-time");
    }

    @Test
    void statusesTypesAndHeadersThatAreNotDocumentedStray() {
        strays(call("GET", MODEL, "", 409, PROBLEM), "has no answer 409", "[200, 304, 400, 401, 404, default]");
        strays(call("GET", "/healthz", "", 200, "{'status': 'ok'}", "Content-Type", "text/html"), "text/html");
        strays(call("GET", "/healthz", "", 200, "{'status': 'ok'}", "X-Powered-By", "x"), "no header X-Powered-By");
        strays(call("GET", MODEL, "", 401, PROBLEM), "WWW-Authenticate must be there");
        strays(call("GET", "/v2/models/m/ready", "", 200, "{}"), "no body");
    }

    @Test
    void refusalsForTheStateOfTheServerAreAlikeEverywhere() {
        passes(call("GET", MODEL, "", 429, PROBLEM.replace("400", "429"), "Retry-After", "1"));
        strays(call("GET", MODEL, "", 429, "{'error': 'x'}"), "required property");
        strays(call("GET", MODEL, "", 429, PROBLEM, "Retry-After", "soon"), "integer expected");
    }

    @Test
    void parametersThatAreNotDocumentedStrayUnlessTheyAreMeantTo() {
        String models = "{'models': []}";
        strays(call("GET", "/api/v1/models?colour=red", "", 200, models), "no parameter colour");
        strays(call("GET", "/api/v1/models?colour=red", "", 400, PROBLEM), "no parameter colour");
        passes(call("GET", "/api/v1/models?undocumented-colour=red", "", 200, models));
    }

    @Test
    void whatTheDocumentForbidsMayBeSentAndMustBeRefused() {
        passes(call("GET", "/api/v1/models?limit=0", "", 400, PROBLEM));
        strays(call("GET", "/api/v1/models?limit=0", "", 200, "{'models': []}"), "the parameter limit");
        passes(call("POST", MODEL + "/publish", "{'weight': 100}", 400, PROBLEM));
        strays(call("POST", MODEL + "/publish", "{'weight': 100}", 200, CHANGE), "the request", "weight");
        strays(call("POST", MODEL + "/publish", "{'colour': 'red'}", 200, CHANGE), "has no colour");
        strays(call("POST", MODEL + "/publish", "colour=red", 200, CHANGE), "has no colour");
        strays(call("POST", MODEL + "/publish", "\0", 200, CHANGE), "takes no application/octet-stream");
        strays(call("POST", "/predict", "", 200, "1"), "needs a body");
    }

    @Test
    void routesThatAreNotDocumentedAreNotThere() {
        String noRoute = PROBLEM.replace("'d'", "'no route has this path'");
        passes(call("GET", "/api/v1/colours", "", 404, noRoute));
        strays(call("GET", "/api/v1/colours", "", 200, "{}"), "no such route");
        strays(call("GET", "/api/v1/colours", "", 404, PROBLEM), "somebody answered");
        strays(call("GET", "/v2/colours", "", 404, noRoute), "InferenceError");
        passes(call("PUT", MODEL, "", 405, PROBLEM, "Allow", "GET"));
        strays(call("PUT", MODEL, "", 405, PROBLEM, "Allow", "GET, PUT"), "the methods of this path are GET");
        strays(call("PUT", MODEL, "", 200, CHANGE), "no such route");
    }

    @Test
    void eventsAreHeldToTheirKind() {
        Call stream = call("GET", "/api/v1/events", "", 200, "");
        String held = CHANGE.replace("}", ", 'held': true}").replace('\'', '"');
        contract.event(stream, "hold-changed", held);
        assertThatThrownBy(() -> contract.event(stream, "hold-changed", CHANGE.replace('\'', '"')))
                .hasMessageContaining("held");
        assertThatThrownBy(() -> contract.event(stream, "key-trusted", held)).hasMessageContaining("held");
        assertThatThrownBy(() -> contract.event(stream, "coloured", held)).hasMessageContaining("no events coloured");
    }

    @Test
    void whatWasMetIsRemembered() {
        assertThat(contract.unmet())
                .contains(
                        "POST /api/v1/models/{model}/publish 200",
                        "/components/schemas/PublishRequest/properties/alias");
        passes(call("POST", MODEL + "/publish", "{'alias': 'a'}", 200, CHANGE));
        assertThat(contract.unmet())
                .doesNotContain(
                        "POST /api/v1/models/{model}/publish 200",
                        "POST /api/v1/models/{model}/publish of application/json",
                        "/components/schemas/PublishRequest/properties/alias",
                        "/components/schemas/Change/properties/actor")
                .contains(
                        "/components/schemas/Change/properties/reason",
                        "POST /api/v1/models/{model}/publish of application/x-www-form-urlencoded",
                        "POST /api/v1/models/{model}/publish with the header parameter If-Match",
                        "GET /api/v1/models/{model} 200 with the header ETag");
    }
}
