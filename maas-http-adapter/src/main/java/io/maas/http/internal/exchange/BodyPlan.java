package io.maas.http.internal.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * How a request's body is wanted, and what answers then. Whoever answers may return before the answer is sent, and send it from
 * another thread; what is thrown becomes the answer.
 */
public sealed interface BodyPlan {
    /** Where the answer is made. */
    enum Where {
        /** On the thread that reads from many connections, at once. The answer must not block, and takes microseconds. */
        HERE,
        /** On a thread of its own. */
        WORKER
    }

    /** Answers without a body. */
    @FunctionalInterface
    interface Answer {
        /** Answers. */
        void answer(Exchange exchange) throws IOException;
    }

    /** Answers with the body in memory. */
    @FunctionalInterface
    interface WholeAnswer {
        /**
         * Answers.
         *
         * @param body direct and in little-endian order, from position 0 to its limit; it is given to another request once the
         *     exchange is complete
         */
        void answer(Exchange exchange, ByteBuffer body) throws IOException;
    }

    /** Answers while the body comes. */
    @FunctionalInterface
    interface StreamedAnswer {
        /**
         * Answers.
         *
         * @param body reading blocks until the client has sent more, and fails with {@link HttpProblem} as cause if it is too
         *     slow or sends too much
         */
        void answer(Exchange exchange, InputStream body) throws IOException;
    }

    /** No body is wanted; one that comes nevertheless is thrown away. */
    record None(Where where, Answer then) implements BodyPlan {}

    /**
     * The whole body is wanted in memory. No thread is held while it comes.
     *
     * @param limit in bytes, after decompression
     */
    record Whole(int limit, Where where, WholeAnswer then) implements BodyPlan {}

    /**
     * The body is read as it comes.
     *
     * @param limit in bytes, after decompression
     */
    record Streamed(long limit, StreamedAnswer then) implements BodyPlan {}

    /**
     * It is not known yet: asked again on a thread of its own, where asking may block.
     *
     * @param then says how the body is wanted, or refuses the request
     */
    record Later(Supplier<BodyPlan> then) implements BodyPlan {}

    /** Knows only later, from a thread that may block. */
    static BodyPlan later(Supplier<BodyPlan> then) {
        return new Later(then);
    }

    /** Wants no body, and answers on a thread of its own. */
    static BodyPlan none(Answer then) {
        return new None(Where.WORKER, then);
    }

    /** Wants no body, and answers in no time; see {@link Where#HERE}. */
    static BodyPlan quick(Answer then) {
        return new None(Where.HERE, then);
    }

    /** Wants the whole body, and answers on a thread of its own. */
    static BodyPlan whole(int limit, WholeAnswer then) {
        return new Whole(limit, Where.WORKER, then);
    }

    /** Wants the whole body, and answers in no time, or elsewhere later; see {@link Where#HERE}. */
    static BodyPlan quick(int limit, WholeAnswer then) {
        return new Whole(limit, Where.HERE, then);
    }

    /** Wants to read the body as it comes. */
    static BodyPlan streamed(long limit, StreamedAnswer then) {
        return new Streamed(limit, then);
    }
}
