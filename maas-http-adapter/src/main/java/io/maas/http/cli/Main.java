package io.maas.http.cli;

import io.maas.error.MaasException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** What {@code java -jar maas-server.jar} runs. Without a command it serves. */
@Command(
        name = "maas",
        description = "Serves models over HTTP, or works on a store of models.",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        subcommands = {
            ServeCommand.class,
            DoctorCommand.class,
            RegisterCommand.class,
            PublishCommand.class,
            RollbackCommand.class,
            HoldCommand.class,
            UnholdCommand.class,
            StatusCommand.class,
            HistoryCommand.class,
            AuditCommand.class,
            KeysCommand.class,
            VerifyCommand.class,
            CopyCommand.class,
            ExportCommand.class,
            ImportCommand.class
        })
public final class Main implements Callable<Integer> {
    @Mixin
    private ServeOptions options = new ServeOptions();

    @SuppressWarnings("UnusedVariable") // is looked for before the line is read, and declared for its help
    @Option(
            names = "--config",
            scope = CommandLine.ScopeType.INHERIT,
            description = "A properties file with values for options that are not given, such as store=/srv/models.")
    private @org.jspecify.annotations.Nullable Path config;

    /** Creates it; {@link #main} is what users want. */
    public Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        logs();
        System.exit(run(console(System.out), console(System.err), args));
    }

    /** Logs as a server does, unless whoever starts it says how. */
    private static void logs() {
        System.getProperties().putIfAbsent("logback.configurationFile", "io/maas/http/cli/log.xml");
    }

    private static PrintWriter console(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
    }

    /** Runs a command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        CommandLine line = new CommandLine(main)
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler(new Failures())
                .setParameterExceptionHandler(Failures::wrongLine)
                .setAllowSubcommandsAsOptionParameters(true) // --auth keys
                .setCaseInsensitiveEnumValuesAllowed(true);
        try {
            configFile(args).ifPresent(file -> line.setDefaultValueProvider(new ConfigFile(file, optionNames(line))));
        } catch (MaasException e) {
            return Failures.tell(e, line);
        }
        return line.execute(args);
    }

    private static Set<String> optionNames(CommandLine line) {
        Set<String> names = new TreeSet<>();
        line.getCommandSpec().options().forEach(option -> names.add(plainName(option)));
        line.getSubcommands().values().forEach(command -> names.addAll(optionNames(command)));
        return names;
    }

    /** Returns how an option is called in a configuration. */
    static String plainName(OptionSpec option) {
        return option.longestName().replaceFirst("^--", "");
    }

    /** The defaults must be known before the line is read. */
    private static java.util.Optional<Path> configFile(String... args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--config") && i + 1 < args.length) {
                return java.util.Optional.of(Path.of(args[i + 1]));
            }
            if (args[i].startsWith("--config=")) {
                return java.util.Optional.of(Path.of(args[i].substring("--config=".length())));
            }
        }
        return java.util.Optional.empty();
    }

    @Override
    public Integer call() {
        return options.serve();
    }
}
