package io.maas.backend.djl;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.maas.error.ErrorCode;
import io.maas.error.UnavailableException;

/**
 * Ends one call. Its run options are used again by later calls, so a stop that comes after the call has ended must not
 * reach them. Thread-safe.
 */
final class Stop implements Runnable {
    private final RunOptions options;
    private boolean over;
    private boolean stopped;

    Stop(RunOptions options) {
        this.options = options;
    }

    @Override
    public void run() {
        terminate(true);
    }

    private synchronized void terminate(boolean value) {
        if (over) {
            return;
        }
        stopped = value;
        try {
            options.setTerminate(value);
        } catch (OrtException e) {
            throw new UnavailableException(
                    ErrorCode.INFERENCE_FAILED,
                    "stop a run",
                    "ONNX Runtime refuses, " + e.getMessage(),
                    "wait for the run to end",
                    e);
        }
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    /** Ends the time in which it can be stopped. */
    synchronized void end() {
        if (stopped) {
            terminate(false);
        }
        over = true;
    }
}
