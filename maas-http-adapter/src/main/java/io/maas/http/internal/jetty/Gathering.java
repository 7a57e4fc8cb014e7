package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.BodyBuffers;
import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.ContentEncoding;
import io.maas.http.internal.exchange.Gzip;
import io.maas.http.internal.exchange.Refusals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Collects a body without holding a thread. Memory is taken as bytes come, not as the client announces them, or a few clients that
 * announce much and send nothing would have it all.
 */
final class Gathering implements Invocable.Task {
    private static final int FIRST_BYTES = 256 << 10;
    private static final int UNKNOWN_BYTES = 8 << 10;
    private static final int GROWTH = 4;

    private final JettyExchange exchange;
    private final Request request;
    private final BodyPlan.Whole plan;
    private final ContentEncoding encoding;
    private final Pace pace;
    private final long announced;
    private BodyBuffers.Lease lease;

    Gathering(JettyExchange exchange, Request request, BodyPlan.Whole plan, ContentEncoding encoding) {
        this.exchange = exchange;
        this.request = request;
        this.plan = plan;
        this.encoding = encoding;
        this.announced = request.getLength();
        if (announced > plan.limit()) {
            throw Refusals.tooLarge(plan.limit());
        }
        this.pace = exchange.pace();
        this.lease = exchange.lease((int) Math.min(announced < 0 ? UNKNOWN_BYTES : announced, FIRST_BYTES));
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    /** Goes on with what has come. */
    @Override
    public void run() {
        exchange.attempt(this::collect);
    }

    private void collect() throws IOException {
        pace.goesOn(System.nanoTime());
        for (Content.Chunk chunk = request.read(); chunk != null; chunk = request.read()) {
            if (Content.Chunk.isFailure(chunk)) {
                throw refusal(chunk.getFailure());
            }
            boolean last = chunk.isLast();
            try {
                keep(chunk.getByteBuffer());
            } finally {
                chunk.release();
            }
            if (last) {
                exchange.bodyIsRead();
                complete();
                return;
            }
        }
        pace.waits(System.nanoTime());
        request.demand(this);
    }

    private RuntimeException refusal(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return exchange.tooSlow();
        }
        return failure instanceof RuntimeException refusal ? refusal : Refusals.cutShort();
    }

    private void keep(ByteBuffer bytes) {
        int more = bytes.remaining();
        pace.came(more);
        ByteBuffer body = lease.buffer();
        if ((long) body.position() + more > plan.limit()) {
            throw Refusals.tooLarge(plan.limit());
        }
        if (body.remaining() < more) {
            lease = exchange.grown(lease, wanted(body.position() + more));
        }
        lease.buffer().put(bytes);
    }

    private int wanted(int least) {
        long most = announced < 0 ? plan.limit() : announced;
        return (int) Math.max(least, Math.min(most, (long) lease.buffer().capacity() * GROWTH));
    }

    private void complete() throws IOException {
        ByteBuffer body = lease.buffer().flip();
        if (encoding == ContentEncoding.GZIP) {
            // takes its time, so not here
            exchange.answer(BodyPlan.Where.WORKER, () -> plan.then().answer(exchange, inflated(body)));
        } else {
            exchange.answer(plan.where(), () -> plan.then().answer(exchange, body));
        }
    }

    private ByteBuffer inflated(ByteBuffer packed) {
        BodyBuffers.Lease result = Gzip.inflate(packed, plan.limit(), exchange.buffers());
        exchange.replace(lease, result);
        return result.buffer();
    }
}
