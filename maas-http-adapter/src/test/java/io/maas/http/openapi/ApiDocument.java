package io.maas.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The OpenAPI document, as it is shipped. Immutable. */
public final class ApiDocument {
    private static final String RESOURCE = "/io/maas/http/openapi.json";
    private static final ApiDocument SHIPPED = new ApiDocument(read());

    private final Place root;
    private final List<Operation> operations = new ArrayList<>();

    private ApiDocument(JsonNode document) {
        root = new Place(document, "");
        root.at("paths")
                .members()
                .forEach((template, path) -> path.members()
                        .forEach((method, operation) -> operations.add(Operation.of(method, template, operation))));
        // where a fixed segment and a variable both fit, the fixed one counts
        operations.sort(Comparator.comparing(operation -> operation.template().replace('{', '\uffff')));
    }

    /** Returns it. */
    public static ApiDocument shipped() {
        return SHIPPED;
    }

    private static JsonNode read() {
        try (InputStream in = ApiDocument.class.getResourceAsStream(RESOURCE)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, RESOURCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns all of its operations. */
    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** Returns the operation that a request is about; a path is led to its route as the server does it. */
    Optional<Operation> operation(String method, String path) {
        return at(path).stream()
                .filter(operation -> operation.method().equals(method))
                .findFirst();
    }

    /** Returns the operations of a path; none if there is no such path. */
    List<Operation> at(String path) {
        Optional<String> template = operations.stream()
                .map(Operation::template)
                .filter(candidate -> fits(candidate, path))
                .findFirst();
        return operations.stream()
                .filter(operation ->
                        template.filter(operation.template()::equals).isPresent())
                .toList();
    }

    private static boolean fits(String template, String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            boolean variable = wanted[i].startsWith("{") && !given[i].isEmpty();
            String decoded = URI.create("/" + given[i]).getPath().substring(1);
            if (!variable && !wanted[i].equals(decoded)) {
                return false;
            }
        }
        return true;
    }

    Place schema(String name) {
        return root.at("components", "schemas", name);
    }

    JsonNode node() {
        return root.document();
    }
}
