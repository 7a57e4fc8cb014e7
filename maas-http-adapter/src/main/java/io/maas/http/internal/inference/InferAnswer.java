package io.maas.http.internal.inference;

import com.fasterxml.jackson.core.JsonGenerator;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.http.internal.wire.BinaryTensors;
import io.maas.http.internal.wire.JsonPieces;
import io.maas.http.internal.wire.JsonTensorWriter;
import io.maas.predict.Receipt;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import io.maas.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * An answer as the protocol writes it.
 *
 * @param json the JSON
 * @param binary the outputs whose bytes follow it
 */
record InferAnswer(JsonPieces json, List<Tensor> binary) {
    InferAnswer {
        binary = List.copyOf(binary);
    }

    /**
     * Writes an answer.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_UNKNOWN} if an output is asked for that there is none of
     */
    static InferAnswer of(InferRequest request, Receipt receipt, Tensors outputs) {
        List<Tensor> binary = new ArrayList<>();
        JsonPieces json = JsonPieces.of(out -> {
            out.writeStartObject();
            out.writeStringField("model_name", receipt.model().value());
            out.writeStringField("model_version", receipt.version());
            if (request.id().isPresent()) {
                out.writeStringField("id", request.id().get());
            }
            out.writeArrayFieldStart("outputs");
            if (request.outputs().isEmpty()) {
                for (String name : outputs.names()) {
                    write(out, name, outputs.get(name), request.binary(), binary);
                }
            }
            for (InferRequest.Wanted wanted : request.outputs()) {
                write(out, wanted.name(), output(outputs, wanted), request.isBinary(wanted), binary);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
        return new InferAnswer(json, binary);
    }

    /** Returns how long it is, in bytes. */
    long length() {
        return json.length() + binary.stream().mapToLong(BinaryTensors::size).sum();
    }

    /** Returns its bytes in parts, each of which may take the place of the one before. */
    Iterator<ByteBuffer> parts() {
        Iterator<Tensor> tensors = binary.iterator();
        return new Iterator<>() {
            private Iterator<ByteBuffer> current = json.pieces().iterator();

            @Override
            public boolean hasNext() {
                while (!current.hasNext() && tensors.hasNext()) {
                    current = BinaryTensors.parts(tensors.next());
                }
                return current.hasNext();
            }

            @Override
            public ByteBuffer next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return current.next();
            }
        };
    }

    private static Tensor output(Tensors outputs, InferRequest.Wanted wanted) {
        Optional<Tensor> output = outputs.find(wanted.name());
        return output.orElseThrow(() -> new InvalidInputException(
                ErrorCode.TENSOR_UNKNOWN,
                "answer with " + wanted.name(),
                "the model has no such output, " + outputs.names(),
                "ask for one of these, or for none to have all"));
    }

    private static void write(JsonGenerator json, String name, Tensor tensor, boolean asBytes, List<Tensor> binary)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("datatype", tensor.type().name());
        json.writeArrayFieldStart("shape");
        Shape shape = tensor.shape();
        for (int i = 0; i < shape.rank(); i++) {
            json.writeNumber(shape.dim(i));
        }
        json.writeEndArray();
        if (asBytes) {
            json.writeObjectFieldStart("parameters");
            json.writeNumberField("binary_data_size", BinaryTensors.size(tensor));
            json.writeEndObject();
            binary.add(tensor);
        } else {
            json.writeFieldName("data");
            JsonTensorWriter.writeFlat(json, tensor);
        }
        json.writeEndObject();
    }
}
