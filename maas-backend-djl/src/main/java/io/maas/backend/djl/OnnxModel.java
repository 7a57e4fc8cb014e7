package io.maas.backend.djl;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import io.maas.error.CancelledException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.model.Signature;
import io.maas.spi.InferenceCall;
import io.maas.spi.LoadedModel;
import java.util.concurrent.atomic.AtomicBoolean;

/** One session, shared by all threads. */
final class OnnxModel implements LoadedModel {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ModelInterface model;
    private final Signature signature;
    private final long nativeBytes;
    private final FramePool frames = new FramePool(poolSize());
    private final AtomicBoolean closed = new AtomicBoolean();

    /** False once the model has shown that its declared shapes are not those of its outputs. */
    private volatile boolean pinning = true;

    OnnxModel(OrtEnvironment environment, OrtSession session, ModelInterface model, long nativeBytes) {
        this.environment = environment;
        this.session = session;
        this.model = model;
        this.signature = model.signature();
        this.nativeBytes = nativeBytes;
    }

    /** Twice as many as can run at once, rounded up to a power of two. */
    private static int poolSize() {
        return Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public void infer(InferenceCall call) {
        if (closed.get()) {
            throw new UnavailableException(
                    ErrorCode.CLOSED, "call the model", "it was closed, " + signature, "load it again");
        }
        Frame frame = takeFrame();
        Stop stop = new Stop(frame.options());
        try {
            call.onStop(stop);
            run(frame, call, stop);
        } finally {
            settle(frame, stop);
        }
    }

    /** A frame whose options would stop the next run as well is of no more use. */
    private void settle(Frame frame, Stop stop) {
        try {
            stop.end();
        } catch (UnavailableException e) {
            frame.close();
            throw e;
        }
        frames.give(frame);
    }

    private Frame takeFrame() {
        Frame frame = frames.take();
        try {
            return frame != null ? frame : new Frame(environment, model);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private void run(Frame frame, InferenceCall call, Stop stop) {
        if (stop.isStopped()) {
            throw cancelled();
        }
        try {
            frame.run(session, call, pinning);
        } catch (OrtException e) {
            if (stop.isStopped()) {
                throw cancelled();
            }
            if (!isShapeSurprise(e) || !frame.hasPinned()) {
                throw failed(e);
            }
            runUnpinned(frame, call, stop);
        }
    }

    private static boolean isShapeSurprise(OrtException e) {
        String message = String.valueOf(e.getMessage());
        return e.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT
                && (message.contains("pre-allocated output") || message.contains("dimensions for output"));
    }

    /** The engine checks memory given to it against the real shape, and refuses before it writes. */
    private void runUnpinned(Frame frame, InferenceCall call, Stop stop) {
        try {
            frame.run(session, call, false);
            pinning = false;
        } catch (OrtException e) {
            throw stop.isStopped() ? cancelled() : failed(e);
        }
    }

    private static UnavailableException cancelled() {
        return new CancelledException("finish the call", "it was stopped before it had an answer", "call again");
    }

    private static MaasException failed(OrtException e) {
        if (OutOfMemory.isMeantBy(String.valueOf(e.getMessage()))) {
            return OutOfMemory.of("ONNX Runtime", String.valueOf(e.getMessage()), e);
        }
        if (DeviceLost.isMeantBy(String.valueOf(e.getMessage()))) {
            return DeviceLost.of("ONNX Runtime", String.valueOf(e.getMessage()), e);
        }
        if (e.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT) {
            return new InvalidInputException(
                    ErrorCode.BAD_INPUT,
                    "run the model",
                    "ONNX Runtime refuses the inputs, " + e.getMessage(),
                    "give values and shapes that the model was made for",
                    e);
        }
        return new UnavailableException(
                ErrorCode.INFERENCE_FAILED,
                "run the model",
                "ONNX Runtime failed, " + e.getMessage(),
                "call again; if it stays, check the model and the host's memory",
                e);
    }

    @Override
    public long nativeBytes() {
        return nativeBytes;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return; // the engine throws when a session is closed twice
        }
        frames.drain(Frame::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw new UnavailableException(
                    ErrorCode.INFERENCE_FAILED,
                    "close the model",
                    "ONNX Runtime failed, " + e.getMessage(),
                    "restart the process if its memory grows",
                    e);
        }
    }
}
