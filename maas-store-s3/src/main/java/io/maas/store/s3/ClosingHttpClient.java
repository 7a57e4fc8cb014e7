package io.maas.store.s3;

import java.io.IOException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Closes the connection of a request that failed. Otherwise the server would wait for the rest of a content that broke off,
 * until the garbage collector finds the socket.
 */
final class ClosingHttpClient implements SdkHttpClient {
    private final SdkHttpClient client;

    ClosingHttpClient(SdkHttpClient client) {
        this.client = client;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        ExecutableHttpRequest prepared = client.prepareRequest(request);
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                boolean answered = false;
                try {
                    HttpExecuteResponse response = prepared.call();
                    answered = true;
                    return response;
                } finally {
                    if (!answered) {
                        prepared.abort();
                    }
                }
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }
}
