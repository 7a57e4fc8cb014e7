package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Holds values to the document's schemas, which are JSON Schema 2020-12 with what OpenAPI 3.1 adds. Thread-safe. */
final class Schemas {
    private static final String ADDRESS = "https://maas.invalid/openapi.json";

    private final SchemaRegistry registry;
    private final Map<String, Schema> compiled = new ConcurrentHashMap<>();

    Schemas(ApiDocument document) {
        registry = SchemaRegistry.withDialect(
                Dialects.getOpenApi31(),
                builder -> builder.schemas(Map.of(ADDRESS, document.node().toString()))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    /** Returns what is wrong with a value; nothing if it is as the schema says. */
    List<String> errors(Place schema, JsonNode value) {
        return compiled
                .computeIfAbsent(
                        schema.pointer(), pointer -> registry.getSchema(SchemaLocation.of(ADDRESS + "#" + pointer)))
                .validate(value)
                .stream()
                .map(Error::toString)
                .toList();
    }
}
