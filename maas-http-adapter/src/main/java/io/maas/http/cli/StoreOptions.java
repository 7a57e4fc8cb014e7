package io.maas.http.cli;

import io.maas.Maas;
import io.maas.MaasBuilder;
import io.maas.http.internal.wire.JsonBytes;
import io.maas.repository.CopyOptions;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which store a command works on, as whom, and how it tells of what it did. */
final class StoreOptions {
    /** Is asked for when it is used: the program's own options are there for every command, and only some want a store. */
    @Option(names = "--store", description = "Where models are kept: a folder, or a URI such as s3://bucket/prefix.")
    private @Nullable String store;

    @Option(names = "--namespace", description = "The registry in the store, if it has several.")
    private @Nullable String namespace;

    @Option(
            names = "--actor",
            description = "Who is written down as having done it; the user of the system unless given.")
    private @Nullable String actor;

    @Option(
            names = "--cache",
            description =
                    "A folder for copies of models and what this host remembers; in the user's cache unless given.")
    private @Nullable Path cache;

    @Option(names = "--json", description = "Prints JSON, for scripts.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    String store() {
        if (store == null) {
            throw new ParameterException(
                    command().commandLine(), "Missing required option: '--store=<store>', a folder or a URI");
        }
        return store;
    }

    private CommandSpec command() {
        if (command == null) {
            throw new IllegalStateException("the options belong to no command");
        }
        return command;
    }

    /** Returns where the store is; what has no scheme is a folder. */
    URI uri() {
        return uri(store());
    }

    static URI uri(String store) {
        boolean scheme = store.matches("[A-Za-z][A-Za-z0-9+.-]+:.*");
        return scheme ? URI.create(store) : Path.of(store).toUri();
    }

    String namespace() {
        return namespace == null ? CopyOptions.defaults().namespace() : namespace;
    }

    MaasBuilder builder() {
        MaasBuilder builder = Maas.builder().store(uri());
        if (namespace != null) {
            builder.namespace(namespace);
        }
        if (actor != null) {
            builder.actor(actor);
        }
        if (cache != null) {
            builder.cache(cache);
        }
        return builder;
    }

    /** Opens a registry that must be there, to work on it and not to serve. */
    Maas open() {
        return builder().requireStore().pollInterval(Duration.ZERO).open();
    }

    /** Opens a registry that must be there, to look at it. */
    Maas openToRead() {
        return builder().requireStore().readOnly().pollInterval(Duration.ZERO).open();
    }

    PrintWriter out() {
        return command().commandLine().getOut();
    }

    /** Tells what was done: a sentence for people, a document for scripts. */
    void tell(String sentence, JsonBytes.Writer document) {
        print(out(), json, sentence, document);
    }

    static void print(PrintWriter out, boolean asJson, String sentence, JsonBytes.Writer document) {
        out.println(asJson ? new String(JsonBytes.of(document), StandardCharsets.UTF_8) : sentence);
    }
}
