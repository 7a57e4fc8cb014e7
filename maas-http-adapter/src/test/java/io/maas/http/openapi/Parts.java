package io.maas.http.openapi;

import java.util.Set;
import java.util.TreeSet;

/** What the parts of the document are called that calls are to meet. */
final class Parts {
    /** The answer that stands for all that have nothing to do with the operation. */
    static final String OTHER = "default";

    /** How query parameters begin that are meant to be unknown. */
    static final String UNDOCUMENTED = "undocumented";

    /** What lines of JSON are, as in OpenAPI 3.2's itemSchema. */
    static final String ITEM = "x-item-schema";

    /** What the JSON is that a body begins with. */
    static final String HEAD = "x-head-schema";

    /** What events have as data, by their names. */
    static final String EVENTS = "x-events";

    private Parts() {}

    static String status(Operation operation, String status) {
        return operation + " " + status;
    }

    static String type(Operation operation, String status, String type) {
        return status(operation, status) + " as " + type;
    }

    static String header(Operation operation, String status, String name) {
        return status(operation, status) + " with the header " + name;
    }

    static String parameter(Operation operation, Operation.Parameter parameter) {
        return operation + " with the " + parameter.in() + " parameter " + parameter.name();
    }

    static String body(Operation operation, String type) {
        return operation + " of " + type;
    }

    static String event(String kind) {
        return "event " + kind;
    }

    /** Names everything that the document has of its operations. */
    static Set<String> of(ApiDocument document) {
        Set<String> all = new TreeSet<>();
        for (Operation operation : document.operations()) {
            for (Operation.Parameter parameter : operation.parameters()) {
                if (!parameter.in().equals("path")) {
                    all.add(parameter(operation, parameter));
                }
            }
            operation.body().at("content").members().forEach((type, media) -> {
                all.add(body(operation, type));
                properties(media, all);
                all.removeIf(part -> part.endsWith(Properties.LEFT_OUT)); // what may be sent, need not be
            });
        }
        for (Operation operation : document.operations()) {
            operation.statuses().forEach(status -> addAnswer(operation, status, all));
        }
        return all;
    }

    private static void addAnswer(Operation operation, String status, Set<String> all) {
        Place answer = operation.answer(status);
        all.add(status(operation, status));
        answer.at("headers").members().keySet().forEach(name -> all.add(header(operation, status, name)));
        answer.at("content").members().forEach((type, media) -> {
            all.add(type(operation, status, type));
            properties(media, all);
            media.at(EVENTS).members().forEach((kind, schema) -> {
                all.add(event(kind));
                all.addAll(Properties.of(schema));
            });
        });
    }

    private static void properties(Place media, Set<String> all) {
        for (String schema : new String[] {"schema", HEAD, ITEM}) {
            all.addAll(Properties.of(media.at(schema)));
        }
    }
}
