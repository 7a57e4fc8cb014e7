package io.maas;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.testkit.python.PythonPackages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The Python package {@code model_signing}, which is what OpenSSF Model Signing means by itself. */
final class ModelSigning {
    /** It imports pyOpenSSL, and leaves it to another package to ask for that, which does not any more. */
    private static final List<String> PACKAGES = List.of("model-signing==1.1.1", "pyOpenSSL");

    private final PythonPackages python;

    private ModelSigning(PythonPackages python) {
        this.python = python;
    }

    /** Installs it if it is not there, or skips the test that asks. */
    static ModelSigning installed() throws IOException {
        return new ModelSigning(
                PythonPackages.installed("model-signing-1.1.1", PACKAGES, List.of("-m", "model_signing", "--version")));
    }

    /** Runs the command line and checks that it does what it is told. */
    void succeeds(Object... arguments) throws IOException {
        PythonPackages.Result result = model(arguments);
        assertThat(result.status()).as(result.output()).isZero();
    }

    /** Runs the command line and returns what it complains about. */
    String fails(Object... arguments) throws IOException {
        PythonPackages.Result result = model(arguments);
        assertThat(result.status()).as(result.output()).isEqualTo(1);
        return result.output();
    }

    private PythonPackages.Result model(Object... arguments) throws IOException {
        List<Object> command = new ArrayList<>(List.of("-m", "model_signing"));
        command.addAll(Arrays.asList(arguments));
        return python.run(command.toArray());
    }
}
