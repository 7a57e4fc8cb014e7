package io.maas.testkit.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive: a module with tensors and one method in TorchScript's own language. What {@code
 * torch.jit.save} writes beside what is needed to load it is left out. Not thread-safe.
 */
public final class TorchScriptWriter {
    private record Attribute(String name, String storage, long[] dims, byte[] data) {}

    private final List<Attribute> attributes = new ArrayList<>();
    private final Map<String, byte[]> more = new LinkedHashMap<>();
    private final StringBuilder body = new StringBuilder();
    private String parameters = "";
    private String result = "Tensor";
    private String root = "model";

    /** Starts an archive. */
    public TorchScriptWriter() {}

    /** Names the folder in the archive that everything lies in. */
    public TorchScriptWriter root(String folder) {
        root = folder;
        return this;
    }

    /** Adds an FP32 tensor that the method can use as {@code self.name}. */
    public TorchScriptWriter floats(String name, float[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        attributes.add(new Attribute(name, "FloatStorage", dims.clone(), bytes.array()));
        return this;
    }

    /**
     * Says what the method takes and gives.
     *
     * @param names parameters with their types, such as {@code x: Tensor, y: Tensor}
     * @param type what it returns, such as {@code Tuple[Tensor, Tensor]}
     */
    public TorchScriptWriter forward(String names, String type) {
        parameters = names;
        result = type;
        return this;
    }

    /** Adds a line to the method, indented within it as given. */
    public TorchScriptWriter line(String code) {
        body.append("    ").append(code).append('\n');
        return this;
    }

    /** Adds something else to the archive, under its full name. */
    public TorchScriptWriter member(String name, byte[] content) {
        more.put(name, content.clone());
        return this;
    }

    /** Returns the archive. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, root + "/data.pkl", data());
            put(zip, root + "/code/__torch__.py", code().getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < attributes.size(); i++) {
                put(zip, root + "/data/" + i, attributes.get(i).data());
            }
            put(zip, root + "/constants.pkl", new PickleWriter().op(')').end());
            put(zip, root + "/version", "3\n".getBytes(StandardCharsets.US_ASCII));
            for (Map.Entry<String, byte[]> member : more.entrySet()) {
                put(zip, member.getKey(), member.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private byte[] data() {
        PickleWriter pickle = new PickleWriter().object("__torch__", "Net");
        for (int i = 0; i < attributes.size(); i++) {
            Attribute attribute = attributes.get(i);
            long elements = 1;
            for (long dim : attribute.dims()) {
                elements *= dim;
            }
            pickle.text(attribute.name()).tensor(attribute.storage(), i, elements, attribute.dims());
        }
        return pickle.text("training").no().endObject().end();
    }

    private String code() {
        StringBuilder code = new StringBuilder("class Net(Module):\n  __parameters__ = [");
        attributes.forEach(
                attribute -> code.append('"').append(attribute.name()).append("\", "));
        code.append("]\n  __buffers__ = []\n");
        attributes.forEach(
                attribute -> code.append("  ").append(attribute.name()).append(" : Tensor\n"));
        code.append("  training : bool\n  def forward(self: __torch__.Net,\n    ")
                .append(parameters)
                .append(") -> ")
                .append(result)
                .append(":\n")
                .append(body);
        return code.toString();
    }

    /** Members are stored as they are, since the engine maps them. */
    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
