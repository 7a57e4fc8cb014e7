package io.maas.http.internal.platform;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.wire.Json;
import io.maas.http.internal.wire.JsonTensorWriter;
import io.maas.http.internal.wire.JsonTensors;
import io.maas.model.Dim;
import io.maas.model.Names;
import io.maas.model.Signature;
import io.maas.model.TensorSpec;
import io.maas.tensor.DataType;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Inputs as a person writes them: nested arrays, texts and numbers, whose types are the model's. An object names the inputs; where the
 * model has only one, its value alone will do. What has no rows, where the model wants rows, is one row, and is answered without rows.
 *
 * @param tensors what the model gets
 * @param oneRow whether rows were added
 */
record NamedInputs(Tensors tensors, boolean oneRow) {
    /** Which of several is the large one is not known before. */
    private static final int ONE_OF_SEVERAL = 1_280;

    /**
     * Reads inputs.
     *
     * @param json at the first token of the value; is left at its last
     * @param bytes how long it is
     * @throws InvalidInputException if they are not what the signature says
     */
    static NamedInputs read(JsonParser json, Signature signature, int bytes) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return of(
                    signature,
                    JsonTensors.read(
                            json, only(signature).name(), only(signature).type(), bytes));
        }
        Tensors.Builder all = Tensors.builder();
        boolean oneRow = true;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            TensorSpec spec = signature.input(name).orElseThrow(() -> unknown(name, signature));
            Tensor given = JsonTensors.read(json, name, spec.type(), Math.min(bytes, ONE_OF_SEVERAL));
            oneRow &= lacksRows(given, spec);
            all.add(name, fit(given, spec));
        }
        Tensors tensors = all.build();
        return new NamedInputs(tensors, oneRow && tensors.size() > 0);
    }

    private static InvalidInputException unknown(String name, Signature signature) {
        return new InvalidInputException(
                ErrorCode.TENSOR_UNKNOWN,
                "read the input",
                "the model has no input " + Names.shown(name) + ", "
                        + signature.inputs().stream().map(TensorSpec::name).toList(),
                "name these");
    }

    /** The input of a model that has one. */
    static TensorSpec only(Signature signature) {
        if (signature.inputs().size() != 1) {
            throw Json.unexpected(
                    "read the input",
                    "the model has several, "
                            + signature.inputs().stream().map(TensorSpec::name).toList(),
                    "send an object with a value for each name");
        }
        return signature.inputs().get(0);
    }

    /** Takes a tensor for the only input. */
    static NamedInputs of(Signature signature, Tensor given) {
        TensorSpec spec = only(signature);
        return new NamedInputs(Tensors.of(spec.name(), fit(given, spec)), lacksRows(given, spec));
    }

    private static boolean lacksRows(Tensor given, TensorSpec spec) {
        return given.shape().rank() == spec.rank() - 1
                && (spec.dims().get(0) instanceof Dim.Named
                        || spec.dims().get(0).equals(Dim.of(1)));
    }

    private static Tensor fit(Tensor given, TensorSpec spec) {
        if (!lacksRows(given, spec)) {
            return given;
        }
        long[] dims = new long[spec.rank()];
        dims[0] = 1;
        System.arraycopy(given.shape().toArray(), 0, dims, 1, dims.length - 1);
        return given.reshape(dims);
    }

    /** Writes what the model answered: the value of its only output, or an object that names them. */
    void write(JsonGenerator json, Tensors outputs) throws IOException {
        if (outputs.size() == 1) {
            write(json, outputs.get(0));
            return;
        }
        json.writeStartObject();
        for (String name : outputs.names()) {
            json.writeFieldName(name);
            write(json, outputs.get(name));
        }
        json.writeEndObject();
    }

    private void write(JsonGenerator json, Tensor output) throws IOException {
        Shape shape = output.shape();
        boolean strip = oneRow && shape.rank() > 0 && shape.dim(0) == 1;
        JsonTensorWriter.writeNested(
                json, strip ? output.reshape(Arrays.copyOfRange(shape.toArray(), 1, shape.rank())) : output);
    }

    /** Reads the values of a form for the only input: numbers or texts, one row of them. */
    static NamedInputs ofForm(List<String> values, Signature signature) {
        TensorSpec spec = only(signature);
        Optional<Long> size =
                spec.rank() == 0 ? Optional.of(1L) : size(spec.dims().get(spec.rank() - 1));
        boolean oneRow =
                spec.rank() <= 2 && size.map(wanted -> wanted == values.size()).orElse(true);
        if (!oneRow) {
            throw new HttpProblem(
                    400,
                    "structure-lost",
                    "Cannot read the input: the body is a form with " + values.size() + " values, and the model takes "
                            + spec + "; send JSON (with requests: json= instead of data=)");
        }
        Tensor row = spec.type() == DataType.BYTES ? Tensor.of(values.toArray(String[]::new)) : numbers(values, spec);
        return of(signature, spec.rank() == 0 ? row.reshape() : row);
    }

    private static Optional<Long> size(Dim dim) {
        return dim instanceof Dim.Fixed fixed ? Optional.of(fixed.size()) : Optional.empty();
    }

    private static Tensor numbers(List<String> values, TensorSpec spec) {
        try {
            if (spec.type().isFloating()) {
                return Tensor.of(
                        spec.type(),
                        values.stream().mapToDouble(Double::parseDouble).toArray());
            }
            return Tensor.of(
                    spec.type(), values.stream().mapToLong(Long::parseLong).toArray());
        } catch (NumberFormatException e) {
            throw Json.unexpected(
                    "read the input", "a value is no number of " + spec.type() + ", " + e.getMessage(), "send numbers");
        }
    }
}
