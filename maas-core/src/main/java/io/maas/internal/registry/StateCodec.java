package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The state as bytes, for bases. Binary, since a base is read by whoever opens the store and JSON of a hundred thousand
 * models took seconds; the log, which is JSON, says the same and is the truth.
 */
final class StateCodec {
    private static final int MAGIC = 0x4d616153; // "MaaS"
    private static final int LAYOUT = 3;
    /** The layout of bases in which no alias has traffic. */
    private static final int WITHOUT_TRAFFIC = 1;
    /** The layout of bases without access keys. */
    private static final int WITHOUT_ACCESS = 2;

    /** Numbers that go to the compressor or come from it one by one take ten times as long. */
    private static final int BUFFER = 1 << 16;

    private StateCodec() {}

    static byte[] write(RegistryState.Snapshot state) {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(new GZIPOutputStream(buffer, BUFFER), BUFFER))) {
            out.writeInt(MAGIC);
            int layout = layout(state);
            out.writeInt(layout);
            out.writeLong(state.head().number());
            Binary.digest(out, state.head().digest());
            Binary.instant(out, state.head().time());
            CommonCodec.write(out, state.common());
            Binary.all(out, state.models(), ModelCodec::write);
            Binary.all(out, state.tokens().entrySet(), (to, token) -> {
                to.writeUTF(token.getKey());
                to.writeLong(token.getValue().commit());
                to.writeUTF(token.getValue().intent());
            });
            if (layout > WITHOUT_TRAFFIC) {
                TrafficCodec.write(out, state.models());
            }
            if (layout > WITHOUT_ACCESS) {
                AccessCodec.write(out, state.common().grants());
            }
        } catch (IOException e) {
            throw new AssertionError("memory does not fail to be written", e);
        }
        return buffer.toByteArray();
    }

    /** The oldest that can say all of it, so that older platforms read it too if they can. */
    private static int layout(RegistryState.Snapshot state) {
        if (!state.common().grants().isEmpty()) {
            return LAYOUT;
        }
        return TrafficCodec.isNeeded(state.models()) ? WITHOUT_ACCESS : WITHOUT_TRAFFIC;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws InvalidInputException {@link ErrorCode#NEWER_LAYOUT} or {@link ErrorCode#BROKEN_CHAIN}; the log still has
     *     everything
     */
    static RegistryState.Snapshot read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes), BUFFER), BUFFER))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("not a base");
            }
            int layout = in.readInt();
            if (layout > LAYOUT) {
                throw refused(ErrorCode.NEWER_LAYOUT, "it has layout " + layout, null);
            }
            RegistryState.Head head = new RegistryState.Head(in.readLong(), Binary.digest(in), Binary.instant(in));
            Common common = CommonCodec.read(in);
            List<ModelState> models = Binary.all(in, ModelCodec::read);
            Map<String, Tokens.Use> tokens = new LinkedHashMap<>();
            Binary.all(in, from -> tokens.put(from.readUTF(), new Tokens.Use(from.readLong(), from.readUTF())));
            if (layout > WITHOUT_TRAFFIC) {
                models = TrafficCodec.read(in, models);
            }
            if (layout > WITHOUT_ACCESS) {
                common = common.withGrants(AccessCodec.read(in));
            }
            if (in.read() != -1) {
                throw new IOException("data after the end");
            }
            return new RegistryState.Snapshot(head, common, models, tokens);
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            // the checksum comes last, so that damage shows first in what the numbers mean
            throw refused(ErrorCode.BROKEN_CHAIN, "it is damaged", e);
        } catch (MaasException e) {
            throw e instanceof InvalidInputException refused
                    ? refused
                    : refused(ErrorCode.BROKEN_CHAIN, "a field has an impossible value", e);
        }
    }

    private static InvalidInputException refused(ErrorCode code, String why, @Nullable Exception cause) {
        String doing = "read a base of the registry";
        String remedy = "the log has everything that it says; delete the base to read without it";
        return cause == null
                ? new InvalidInputException(code, doing, why, remedy)
                : new InvalidInputException(code, doing, why, remedy, cause);
    }
}
