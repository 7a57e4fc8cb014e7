package io.maas.http.internal.platform;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.model.Dim;
import io.maas.model.ModelName;
import io.maas.model.TensorSpec;
import io.maas.repository.AccessGrant;
import io.maas.repository.AccessKey;
import io.maas.repository.AccessRole;
import io.maas.repository.AliasMove;
import io.maas.repository.AuditEntry;
import io.maas.repository.Commit;
import io.maas.repository.GateReport;
import io.maas.repository.ModelVersion;
import io.maas.repository.Traffic;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The platform's values as JSON: each in one way, wherever it appears. Names are in snake case, times in ISO 8601. */
public final class Documents {
    private Documents() {}

    /** Writes it. */
    public static void write(JsonGenerator json, ModelVersion version) throws IOException {
        json.writeStartObject();
        fields(json, version);
        json.writeEndObject();
    }

    /** Writes it. */
    public static void fields(JsonGenerator json, ModelVersion version) throws IOException {
        json.writeStringField("model", version.name().value());
        json.writeStringField("version", version.version());
        json.writeStringField("digest", version.digest().toString());
        json.writeNumberField("size", version.size());
        json.writeNumberField("commit", version.commit());
        json.writeStringField("registered_at", version.registeredAt().toString());
        json.writeStringField("registered_by", version.registeredBy());
    }

    /** Writes it. */
    public static void write(JsonGenerator json, Commit commit) throws IOException {
        json.writeStartObject();
        fields(json, commit);
        json.writeEndObject();
    }

    /** Writes it. */
    public static void fields(JsonGenerator json, Commit commit) throws IOException {
        json.writeNumberField("commit", commit.number());
        json.writeNumberField("index", commit.index());
        json.writeStringField("time", commit.time().toString());
        json.writeStringField("actor", commit.actor());
        optional(json, "reason", commit.reason());
    }

    /** Writes it. */
    public static void write(JsonGenerator json, AliasMove move) throws IOException {
        json.writeStartObject();
        json.writeStringField("model", move.name().value());
        json.writeStringField("alias", move.alias());
        json.writeStringField("kind", move.kind().name().toLowerCase(java.util.Locale.ROOT));
        optional(json, "from", move.from());
        optional(json, "to", move.to());
        fields(json, move.commit());
        json.writeEndObject();
    }

    /** Writes it. */
    public static void write(JsonGenerator json, AuditEntry entry) throws IOException {
        json.writeStartObject();
        fields(json, entry.commit());
        json.writeStringField("kind", entry.kind());
        json.writeStringField("subject", entry.subject());
        json.writeFieldName("details");
        any(json, entry.details());
        json.writeEndObject();
    }

    /** Writes it. */
    public static void write(JsonGenerator json, Traffic traffic) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("shares");
        for (Traffic.Share share : traffic.shares()) {
            json.writeStartObject();
            json.writeStringField("version", share.version());
            json.writeNumberField("weight", share.weight());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (traffic.shadow().isPresent()) {
            json.writeObjectFieldStart("shadow");
            json.writeStringField("version", traffic.shadow().get().version());
            json.writeNumberField("fraction", traffic.shadow().get().fraction());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** Writes it. */
    public static void write(JsonGenerator json, GateReport.Check check) throws IOException {
        json.writeStartObject();
        json.writeStringField("gate", lower(check.gate()));
        json.writeStringField("outcome", lower(check.outcome()));
        if (check.code().isPresent()) {
            json.writeStringField("code", check.code().get().id());
        }
        json.writeStringField("finding", check.finding());
        json.writeEndObject();
    }

    /** Writes it. */
    public static void tensors(JsonGenerator json, String field, List<TensorSpec> specs) throws IOException {
        json.writeArrayFieldStart(field);
        for (TensorSpec spec : specs) {
            json.writeStartObject();
            json.writeStringField("name", spec.name());
            json.writeStringField("datatype", spec.type().name());
            json.writeArrayFieldStart("shape");
            for (Dim dim : spec.dims()) {
                if (dim instanceof Dim.Fixed fixed) {
                    json.writeNumber(fixed.size());
                } else {
                    json.writeString(dim.toString());
                }
            }
            json.writeEndArray();
            if (!spec.labels().isEmpty()) {
                json.writeArrayFieldStart("labels");
                for (String label : spec.labels()) {
                    json.writeString(label);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Returns the name of a constant in lower case. */
    public static String lower(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Writes it. */
    public static void optional(JsonGenerator json, String field, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(field, value.get());
        }
    }

    private static void any(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                any(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            json.writeStartArray();
            for (Object one : list) {
                any(json, one);
            }
            json.writeEndArray();
        } else if (value instanceof Number || value instanceof Boolean || value instanceof String) {
            json.writeObject(value);
        } else {
            json.writeString(String.valueOf(value));
        }
    }

    /** Writes what an access key is for, and when it was granted; its secret is nowhere. */
    public static void fields(JsonGenerator json, AccessGrant grant) throws IOException {
        AccessKey key = grant.key();
        json.writeStringField("id", key.id());
        json.writeStringField("label", key.label());
        json.writeArrayFieldStart("roles");
        for (AccessRole role : key.roles()) {
            json.writeString(lower(role));
        }
        json.writeEndArray();
        if (key.models().isPresent()) {
            json.writeArrayFieldStart("models");
            for (ModelName model : key.models().get()) {
                json.writeString(model.value());
            }
            json.writeEndArray();
        }
        optional(json, "until", key.until().map(Instant::toString));
        fields(json, grant.commit());
    }
}
