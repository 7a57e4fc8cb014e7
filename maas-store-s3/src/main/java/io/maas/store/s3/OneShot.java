package io.maas.store.s3;

import software.amazon.awssdk.core.SdkPlugin;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.retries.DefaultRetryStrategy;

/**
 * Sees to it that a conditional request reaches the server at most once, whatever the client's own rules for retries are: a
 * repeated one is answered "precondition failed" although the object is ours. A request is sent again only if no connection
 * could be made, so that none was sent before. For one call.
 */
final class OneShot implements SdkPlugin, ExecutionInterceptor {
    private static final int ATTEMPTS = 3;

    private volatile boolean sent;

    /** Tells whether the server may have got the request. */
    boolean mayHaveArrived() {
        return sent;
    }

    @Override
    public void configureClient(SdkServiceClientConfiguration.Builder config) {
        config.overrideConfiguration(config.overrideConfiguration().toBuilder()
                .retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
                        .useClientDefaults(false)
                        .retryOnException(this::wasNotSent)
                        .maxAttempts(ATTEMPTS)
                        .build())
                .addExecutionInterceptor(this)
                .build());
    }

    private boolean wasNotSent(Throwable failure) {
        if (!Failures.nothingWasSent(failure)) {
            return false;
        }
        sent = false;
        return true;
    }

    /** Also holds where a client has retries that a request cannot change, such as those of its older settings. */
    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        if (sent) {
            throw SdkClientException.create("a request that must reach the server once was about to be sent again");
        }
        sent = true;
    }
}
