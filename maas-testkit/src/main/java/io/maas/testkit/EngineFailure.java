package io.maas.testkit;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.OverloadedException;
import io.maas.error.UnavailableException;
import java.time.Duration;

/** How a run of a {@link ScriptedBackend} can fail; each is what callers see of a real one. */
public enum EngineFailure {
    /** The engine fails: {@link UnavailableException} with {@link ErrorCode#INFERENCE_FAILED}. */
    INFERENCE_FAILED {
        @Override
        void happen() {
            throw new UnavailableException(
                    ErrorCode.INFERENCE_FAILED, "run the model", "it is scripted to fail", "use another");
        }
    },
    /** Memory runs out: {@link UnavailableException} with {@link ErrorCode#OUT_OF_MEMORY}. */
    OUT_OF_MEMORY {
        @Override
        void happen() {
            throw new OutOfMemoryError("it is scripted to run out of memory");
        }
    },
    /** The device is of no use any more: {@link UnavailableException} with {@link ErrorCode#DEVICE_LOST}, from now on. */
    DEVICE_LOST {
        @Override
        void happen() {
            throw new UnavailableException(
                    ErrorCode.DEVICE_LOST, "run the model", "it is scripted to lose its device", "restart the process");
        }
    },
    /** The engine does not take the input: {@link InvalidInputException} with {@link ErrorCode#BAD_INPUT}. */
    BAD_INPUT {
        @Override
        void happen() {
            throw new InvalidInputException(
                    ErrorCode.BAD_INPUT, "run the model", "it is scripted to refuse its input", "send another");
        }
    },
    /** The call is refused as it would be where too much waits: {@link OverloadedException}, to be repeated in 100 ms. */
    OVERLOADED {
        @Override
        void happen() {
            throw new OverloadedException("call the model", "it is scripted to be overloaded", Duration.ofMillis(100));
        }
    },
    /** The backend throws what it should not; callers see {@link ErrorCode#INFERENCE_FAILED}. */
    UNEXPECTED {
        @Override
        void happen() {
            throw new IllegalStateException("it is scripted to break");
        }
    };

    /** Throws it. */
    abstract void happen();
}
