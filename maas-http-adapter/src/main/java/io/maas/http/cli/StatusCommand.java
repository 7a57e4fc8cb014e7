package io.maas.http.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.Maas;
import io.maas.Status;
import io.maas.http.internal.platform.Documents;
import io.maas.http.internal.wire.JsonBytes;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Says what each host serves, as the hosts report it.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() {
        try (Maas maas = store.builder()
                .requireStore()
                .readOnly()
                .pollInterval(java.time.Duration.ZERO)
                .open()) {
            Status status = maas.status();
            store.tell(describe(status), document(status));
            return 0;
        }
    }

    private static String describe(Status status) {
        StringBuilder text = new StringBuilder("head is commit " + status.head());
        for (Status.Host host : status.hosts()) {
            if (host instanceof Status.Host.Reporting reporting) {
                text.append("\n").append(reporting.name()).append(", ").append(reporting.platform());
                text.append(", at commit ").append(reporting.head()).append(", heard of ");
                text.append(reporting.age().toSeconds()).append(" s ago");
                reporting.routes().forEach(route -> text.append("\n  ").append(describe(route)));
            } else if (host instanceof Status.Host.Illegible illegible) {
                text.append("\n").append(illegible.id()).append(": ").append(illegible.why());
            }
        }
        return text.toString();
    }

    private static String describe(Status.Route route) {
        String desired = route.desired().orElse("nothing");
        String actual = route.actual().orElse("nothing");
        return route.ref() + " serves " + actual + (actual.equals(desired) ? "" : ", should serve " + desired)
                + route.reason().map(reason -> ": " + reason).orElse("");
    }

    private static JsonBytes.Writer document(Status status) {
        return json -> {
            json.writeStartObject();
            json.writeNumberField("head", status.head());
            json.writeArrayFieldStart("hosts");
            for (Status.Host host : status.hosts()) {
                json.writeStartObject();
                json.writeStringField("id", host.id());
                if (host instanceof Status.Host.Reporting reporting) {
                    write(json, reporting);
                } else if (host instanceof Status.Host.Illegible illegible) {
                    json.writeStringField("illegible", illegible.why());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        };
    }

    private static void write(JsonGenerator json, Status.Host.Reporting host) throws IOException {
        json.writeStringField("name", host.name());
        json.writeStringField("platform", host.platform());
        json.writeNumberField("head", host.head());
        json.writeNumberField("age_seconds", host.age().toSeconds());
        Documents.optional(json, "stale", host.stale());
        writeRoutes(json, host.routes());
    }

    private static void writeRoutes(JsonGenerator json, List<Status.Route> routes) throws IOException {
        json.writeArrayFieldStart("routes");
        for (Status.Route route : routes) {
            json.writeStartObject();
            json.writeStringField("ref", route.ref().toString());
            Documents.optional(json, "desired", route.desired());
            Documents.optional(json, "actual", route.actual());
            Documents.optional(json, "reason", route.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
