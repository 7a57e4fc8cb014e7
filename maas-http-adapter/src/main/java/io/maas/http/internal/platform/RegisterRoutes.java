package io.maas.http.internal.platform;

import static io.maas.http.internal.platform.PlatformRoutes.API;
import static io.maas.http.internal.platform.PlatformRoutes.MODEL;

import io.maas.Maas;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.PartReader;
import io.maas.http.internal.route.Caller;
import io.maas.http.internal.route.Permission;
import io.maas.http.internal.route.Places;
import io.maas.http.internal.route.Route;
import io.maas.http.internal.wire.JsonAnswer;
import io.maas.http.limits.BodyLimits;
import io.maas.model.ModelName;
import io.maas.repository.ModelRepository;
import io.maas.repository.ModelVersion;
import io.maas.repository.PackageSource;
import io.maas.repository.RegisterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Registers what clients send: a package as a zip, or a bare model file. */
final class RegisterRoutes {
    /** The request was understood; it is the model that cannot be had. */
    private static final int UNPROCESSABLE = 422;

    private final ModelRepository repository;
    private final UploadReader uploads;
    private final long limit;
    private final Places streams;

    RegisterRoutes(Maas maas, PartReader parts, BodyLimits limits, Places streams) {
        this.repository = maas.repository();
        this.uploads = new UploadReader(parts);
        this.limit = limits.archive();
        this.streams = streams;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                                "POST",
                                API + "/models",
                                Permission.PUBLISH,
                                (head, match) -> plan(head, match.caller(), Optional.empty()))
                        .forOwnModels(),
                new Route(
                        "POST",
                        MODEL + "/versions",
                        Permission.PUBLISH,
                        (head, match) -> plan(head, match.caller(), Optional.of(ModelRoutes.name(match)))));
    }

    private BodyPlan plan(Exchange head, Caller caller, Optional<ModelName> model) {
        Places.Place place = streams.take(head, caller);
        return BodyPlan.streamed(
                limit,
                (exchange, body) -> place.during(() -> answer(exchange, receive(exchange, body, caller, model))));
    }

    private static void answer(Exchange exchange, ModelVersion version) {
        exchange.status(201).header("Location", API + "/models/" + version.name() + "/versions/" + version.version());
        JsonAnswer.send(exchange, json -> {
            json.writeStartObject();
            json.writeStringField("id", version.name().value());
            Documents.fields(json, version);
            json.writeEndObject();
        });
    }

    /** What was uploaded is gone when this returns, before anybody is told. */
    private ModelVersion receive(Exchange exchange, InputStream body, Caller caller, Optional<ModelName> model)
            throws IOException {
        try (Upload upload = uploads.receive(exchange, body)) {
            return upload.hasFile()
                    ? register(exchange, caller, upload, model, source(upload, model))
                    : relabel(exchange, caller, upload, model);
        }
    }

    private ModelVersion register(
            Exchange exchange, Caller caller, Upload upload, Optional<ModelName> model, PackageSource source) {
        RegisterOptions options = RegisterOptions.defaults().actor(caller.id());
        options = caller.models().isPresent() ? options.within(caller.models().get()) : options;
        options = model.isPresent() ? options.ofModel(model.get()) : options;
        Optional<String> label = upload.said("version");
        options = label.isPresent() ? options.version(label.get()) : options;
        Optional<String> reason = upload.said("reason");
        options = reason.isPresent() ? options.reason(reason.get()) : options;
        Optional<String> token = Tokens.of(exchange, caller);
        try {
            return repository.register(source, token.isPresent() ? options.token(token.get()) : options);
        } catch (InvalidInputException e) {
            throw refused(e, upload, caller);
        }
    }

    private static HttpProblem refused(InvalidInputException e, Upload upload, Caller caller) {
        // where it lies meanwhile is nobody's business
        String message = String.valueOf(e.getMessage()).replace(upload.file().toString(), "that was sent");
        return switch (e.code()) {
            case PACKAGE_PICKLE ->
                new HttpProblem(
                        UNPROCESSABLE,
                        e.code().id(),
                        message
                                + " (convert Keras models with tf2onnx and scikit-learn models with skl2onnx, and send the .onnx file)");
            case INVALID_NAME -> new HttpProblem(400, e.code().id(), message);
            case OTHER_MODEL ->
                caller.isBounded()
                        ? new HttpProblem(403, "forbidden", message)
                        : new HttpProblem(UNPROCESSABLE, e.code().id(), message);
            default -> new HttpProblem(UNPROCESSABLE, e.code().id(), message);
        };
    }

    private static PackageSource source(Upload upload, Optional<ModelName> model) throws IOException {
        Optional<String> name = model.map(ModelName::value).or(() -> upload.said("name"));
        return ModelFiles.source(upload.file(), name, upload.said("format"));
    }

    /**
     * Without a file, the newest bundle of the model gets the label. One that has it already is meant again, though there are newer
     * ones by now: a repeated request is told what the first was.
     */
    private ModelVersion relabel(Exchange exchange, Caller caller, Upload upload, Optional<ModelName> model)
            throws IOException {
        if (model.isEmpty() || upload.said("version").isEmpty()) {
            throw UploadReader.malformed("there is no file in it");
        }
        List<ModelVersion> versions = repository.versions(model.get());
        ModelVersion meant = versions.stream()
                .filter(version ->
                        upload.said("version").filter(version.version()::equals).isPresent())
                .findFirst()
                .orElseGet(() -> versions.get(versions.size() - 1));
        Path zip = upload.file();
        repository.exportZip(meant, zip);
        return register(exchange, caller, upload, model, PackageSource.zip(zip));
    }
}
