package io.maas.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Reads again what a client sent. */
final class SentBody implements Flow.Subscriber<ByteBuffer> {
    private static final long MOST = 1 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

    private SentBody() {}

    /** Returns what a request had as its body; empty if it is large, or of unknown length. */
    static Optional<byte[]> of(HttpRequest request) {
        Optional<HttpRequest.BodyPublisher> body = request.bodyPublisher();
        if (body.isEmpty()) {
            return Optional.of(new byte[0]);
        }
        if (body.get().contentLength() < 0 || body.get().contentLength() > MOST) {
            return Optional.empty();
        }
        SentBody reader = new SentBody();
        body.get().subscribe(reader);
        return Optional.of(reader.whole.join());
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer some) {
        byte[] part = new byte[some.remaining()];
        some.get(part);
        bytes.writeBytes(part);
    }

    @Override
    public void onError(Throwable thrown) {
        whole.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
        whole.complete(bytes.toByteArray());
    }
}
