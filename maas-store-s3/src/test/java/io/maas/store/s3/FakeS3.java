package io.maas.store.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.maas.store.s3.Faults.Fault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A server of one bucket, {@code maas}, in this JVM. It is as strict as Amazon's where it matters: signatures, lengths,
 * digests, conditions, the order and size of parts. And it fails as it is told to, see {@link Faults}.
 */
final class FakeS3 implements AutoCloseable {
    static final String BUCKET = "maas";

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fake-s3");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Late> late = new ArrayList<>();
    private volatile Duration ahead = Duration.ZERO;

    final FakeBucket bucket = new FakeBucket();
    final Operations operations = new Operations(bucket, this::now);
    final Faults faults = new Faults();

    /** A request that is carried out after so many more. */
    private static final class Late {
        final Exchange request;
        final byte[] wire;
        int left;

        Late(Exchange request, byte[] wire, int left) {
            this.request = request;
            this.wire = wire;
            this.left = left;
        }
    }

    private static final int LATE_BY = 5;

    FakeS3() {
        try {
            listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Returns the address of a store. */
    URI address(String prefix, String settings) {
        return URI.create("s3://" + BUCKET + "/" + prefix + "?endpoint=" + endpoint() + settings);
    }

    static AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(SignatureV4.KEY, SignatureV4.SECRET));
    }

    /** Sets the server's clock, compared to the one of this host. */
    void setAhead(Duration time) {
        ahead = time;
    }

    Instant now() {
        return Instant.now().plus(ahead);
    }

    /** Returns the requests so far, such as {@code PutObject log/1}. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    long count(String operation) {
        return requests.stream()
                .filter(request -> request.startsWith(operation + " "))
                .count();
    }

    /** Carries out what is late still. */
    void landLate() {
        List<Late> landing;
        synchronized (late) {
            landing = List.copyOf(late);
            late.clear();
        }
        landing.forEach(this::land);
    }

    private void landDue() {
        List<Late> due = new ArrayList<>();
        synchronized (late) {
            late.forEach(each -> {
                if (--each.left == 0) {
                    due.add(each);
                }
            });
            late.removeAll(due);
        }
        due.forEach(this::land);
    }

    private void land(Late each) {
        try {
            operations.carryOut(each.request, each.wire);
        } catch (S3Error.Refusal refused) {
            requests.add("late " + refused.error.code());
        }
    }

    private void accept() {
        while (closing.getCount() > 0) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException | RejectedExecutionException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedInputStream in = Exchange.input(socket);
            Optional<Exchange> request = Exchange.next(socket, in);
            while (request.isPresent() && handle(request.get(), socket)) {
                request = Exchange.next(socket, in);
            }
        } catch (IOException gone) {
            requests.add("broken " + gone.getMessage());
        } finally {
            connections.remove(socket);
        }
    }

    /** Returns whether the connection may be used again. */
    private boolean handle(Exchange request, Socket socket) throws IOException {
        String operation = Operations.nameOf(request);
        String name = Operations.key(request);
        requests.add(operation + " " + name);
        landDue();
        Optional<Fault> fault = faults.next(operation, name);
        if (fault.isPresent()) {
            return fail(request, socket, fault.get());
        }
        return answer(request, reply(request, request.readBody()));
    }

    private boolean fail(Exchange request, Socket socket, Fault fault) throws IOException {
        if (fault.kind() == Faults.Kind.RESET_REQUEST) {
            request.readHalfOfBody();
            request.reset();
            return false;
        }
        byte[] wire = request.readBody();
        return switch (fault.kind()) {
            case ERROR -> answer(request, Operations.error(fault.error()));
            case ERROR_AFTER -> {
                reply(request, wire);
                yield answer(request, Operations.error(S3Error.INTERNAL));
            }
            case COMMIT_THEN_DROP -> {
                reply(request, wire);
                yield false;
            }
            case LATE -> {
                synchronized (late) {
                    late.add(new Late(request, wire, LATE_BY));
                }
                yield false;
            }
            case DROP, RESET_REQUEST -> false;
            case HANG -> {
                hang();
                yield false;
            }
            case RESET_ANSWER, TRUNCATED -> cut(request, socket, fault.kind(), reply(request, wire));
            case FLIPPED -> answer(request, flipped(reply(request, wire)));
        };
    }

    private void hang() {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean cut(Exchange request, Socket socket, Faults.Kind kind, Operations.Reply reply) throws IOException {
        request.answer(reply.status(), reply.headers(), reply.body(), reply.body().length / 2, now());
        if (kind == Faults.Kind.RESET_ANSWER) {
            socket.setSoLinger(true, 0);
        }
        return false;
    }

    private static Operations.Reply flipped(Operations.Reply reply) {
        byte[] body = reply.body().clone();
        if (body.length > 0) {
            body[body.length / 2] ^= 1;
        }
        return new Operations.Reply(reply.status(), reply.headers(), body);
    }

    private Operations.Reply reply(Exchange request, byte[] wire) {
        try {
            return operations.carryOut(request, wire);
        } catch (S3Error.Refusal refused) {
            return Operations.error(refused.error);
        }
    }

    private boolean answer(Exchange request, Operations.Reply reply) throws IOException {
        request.answer(reply.status(), reply.headers(), reply.body(), reply.body().length, now());
        return true;
    }

    /** Returns the content of the bucket as text, for small objects. */
    Map<String, String> texts() {
        Map<String, String> texts = new java.util.TreeMap<>();
        bucket.contents().forEach((name, bytes) -> texts.put(name, new String(bytes, UTF_8)));
        return texts;
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            listening.close();
            for (Socket socket : connections) {
                socket.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
