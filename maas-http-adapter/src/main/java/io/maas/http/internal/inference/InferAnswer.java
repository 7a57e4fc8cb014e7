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
import java.util.List;
import java.util.Optional;

/**
 * An answer as the protocol writes it.
 *
 * @param json the JSON
 * @param binary the bytes that follow it, one buffer for each output that comes so
 */
record InferAnswer(JsonPieces json, List<ByteBuffer> binary) {
    InferAnswer {
        binary = List.copyOf(binary);
    }

    /**
     * Writes an answer.
     *
     * @throws InvalidInputException {@link ErrorCode#TENSOR_UNKNOWN} if an output is asked for that there is none of
     */
    static InferAnswer of(InferRequest request, Receipt receipt, Tensors outputs) {
        List<ByteBuffer> binary = new ArrayList<>();
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

    private static Tensor output(Tensors outputs, InferRequest.Wanted wanted) {
        Optional<Tensor> output = outputs.find(wanted.name());
        return output.orElseThrow(() -> new InvalidInputException(
                ErrorCode.TENSOR_UNKNOWN,
                "answer with " + wanted.name(),
                "the model has no such output, " + outputs.names(),
                "ask for one of these, or for none to have all"));
    }

    private static void write(JsonGenerator json, String name, Tensor tensor, boolean asBytes, List<ByteBuffer> binary)
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
            ByteBuffer bytes = BinaryTensors.write(tensor);
            json.writeObjectFieldStart("parameters");
            json.writeNumberField("binary_data_size", bytes.remaining());
            json.writeEndObject();
            binary.add(bytes);
        } else {
            json.writeFieldName("data");
            JsonTensorWriter.writeFlat(json, tensor);
        }
        json.writeEndObject();
    }
}
