package io.maas.tensor;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;

/** The time for which tensors are lent. Thread-safe. */
final class Loan {
    private volatile boolean over;

    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    void requireOpen(Tensor tensor) {
        if (over) {
            throw new InvalidInputException(
                    ErrorCode.TENSOR_RETURNED,
                    "read a tensor",
                    "it was lent for the time of one function, which has returned, " + tensor,
                    "copy what is needed later, or call predict without a function");
        }
    }
}
