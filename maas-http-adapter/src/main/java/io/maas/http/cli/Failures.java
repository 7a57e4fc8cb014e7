package io.maas.http.cli;

import io.maas.error.CommitStateUnknownException;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells people why a command failed, and scripts by its exit code. */
final class Failures implements IExecutionExceptionHandler {
    static final int PROGRAM = 1;
    static final int LINE = 2;
    static final int INPUT = 3;
    static final int REFUSED = 4;
    static final int UNAVAILABLE = 5;
    static final int UNKNOWN = 6;
    static final int FINDINGS = 10;

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult given) {
        if (!(e instanceof MaasException known)) {
            line.getErr().println("maas: this should not have happened");
            e.printStackTrace(line.getErr());
            return PROGRAM;
        }
        return tell(known, line);
    }

    static int tell(MaasException e, CommandLine line) {
        line.getErr().println("maas: " + e.getMessage() + " [" + e.code().id() + "]");
        return code(e);
    }

    /** What is wrong with the line; all that it could be would hide it. */
    static int wrongLine(ParameterException e, String[] given) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("maas: " + e.getMessage());
        line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
        return LINE;
    }

    private static int code(MaasException e) {
        if (e instanceof InvalidInputException || e instanceof NotFoundException) {
            return INPUT;
        }
        if (e instanceof CommitStateUnknownException) {
            return UNKNOWN;
        }
        return e instanceof UnavailableException ? UNAVAILABLE : REFUSED;
    }
}
