package io.maas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.maas.error.ErrorCode;
import io.maas.error.MaasException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Looks at errors as callers do: by their code first, and then at what the message says. */
public final class Refusals {
    private Refusals() {}

    /** Checks that a call is refused with this code, in a message of the usual form. */
    public static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ErrorCode code, ThrowingCallable call) {
        MaasException error = catchThrowableOfType(MaasException.class, call);
        assertThat(error).as("an error").isNotNull();
        assertThat(error.code()).as(error.getMessage()).isEqualTo(code);
        return assertThat(error).hasMessageMatching("(?s)Cannot .+: .+; .+");
    }
}
