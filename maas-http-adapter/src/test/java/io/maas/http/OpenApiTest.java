package io.maas.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.maas.http.internal.inference.Predictors;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The document describes what there is, all of it and nothing else. */
class OpenApiTest extends ServerFixture {
    private List<Route> routes() {
        try (Predictors predictors = new Predictors(platform.maas())) {
            return MaasHttpServer.builder(platform.maas()).routes(new HealthRoutes(platform.maas()), predictors);
        }
    }

    private JsonNode document() {
        Reply reply = get("/openapi.json");
        assertThat(reply.status()).isEqualTo(200);
        return reply.json();
    }

    /** Every operation of the document, as a method and a path. */
    private static Set<String> operations(JsonNode document) {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    @Test
    void everyRouteIsDescribedAndNothingElse() {
        Set<String> routes = new TreeSet<>();
        routes().forEach(route -> routes.add(route.method() + " " + route.template()));
        assertThat(operations(document())).isEqualTo(routes);
    }

    @Test
    void whatNeedsNoCredentialIsSaidToNeedNone() {
        JsonNode document = document();
        for (Route route : routes()) {
            JsonNode operation = document.get("paths")
                    .get(route.template())
                    .get(route.method().toLowerCase(Locale.ROOT));
            assertThat(operation.has("security")).as(route.template()).isEqualTo(route.permission() == Permission.NONE);
        }
    }

    @Test
    void pathParametersAreThoseOfThePath() {
        JsonNode document = document();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().forEach(operation -> {
                    List<String> named = new ArrayList<>();
                    operation.path("parameters").forEach(reference -> {
                        JsonNode parameter = resolved(document, reference);
                        if (parameter.get("in").asText().equals("path")) {
                            named.add("{" + parameter.get("name").asText() + "}");
                        }
                    });
                    List<String> inPath = List.of(path.getKey().split("/", -1)).stream()
                            .filter(segment -> segment.startsWith("{"))
                            .toList();
                    assertThat(named).as(path.getKey()).isEqualTo(inPath);
                }));
    }

    private static JsonNode resolved(JsonNode document, JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryPartIsUsed() {
        JsonNode document = document();
        Set<String> used = new HashSet<>();
        document.findValuesAsText("$ref").forEach(reference -> {
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
            used.add(reference);
        });
        document.get("components")
                .properties()
                .forEach(kind -> kind.getValue().fieldNames().forEachRemaining(name -> {
                    if (!kind.getKey().equals("securitySchemes")) {
                        assertThat(used).contains("#/components/" + kind.getKey() + "/" + name);
                    }
                }));
    }

    /** Else a test could not tell that an answer has more than is documented. */
    @Test
    void answersHaveNoRoomForMoreThanTheyName() {
        document().get("components").get("schemas").properties().forEach(schema -> {
            boolean isSent =
                    schema.getKey().endsWith("Request") || schema.getKey().endsWith("Form");
            boolean isShared = schema.getKey().equals("EventHead"); // whoever includes it is closed
            if (!isSent && !isShared) {
                assertIsClosed(schema.getKey(), schema.getValue());
            }
        });
    }

    private static void assertIsClosed(String place, JsonNode schema) {
        if (schema.path("properties").isObject() || schema.has("allOf")) {
            String closing = schema.has("allOf") ? "unevaluatedProperties" : "additionalProperties";
            assertThat(schema.path(closing).isBoolean()).as(place).isTrue();
            assertThat(schema.path(closing).asBoolean()).as(place).isFalse();
        }
        schema.properties().forEach(part -> assertIsClosed(place + "/" + part.getKey(), part.getValue()));
    }

    @Test
    void operationsHaveNamesOfTheirOwn() {
        List<String> names = document().findValuesAsText("operationId");
        assertThat(names).doesNotHaveDuplicates().hasSameSizeAs(operations(document()));
    }
}
