package io.maas.store.s3;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What a {@link FakeS3} does wrong, and when: as it was scripted, or by chance from a seed. Thread-safe. */
final class Faults {
    /** What may go wrong. */
    enum Kind {
        /** It is answered with an error, and not carried out. */
        ERROR,
        /** It is carried out, and answered with status 500. */
        ERROR_AFTER,
        /** It is carried out, and the connection ends without an answer. */
        COMMIT_THEN_DROP,
        /** The connection ends without an answer, and it is carried out later. */
        LATE,
        /** The connection ends, and it is not carried out. */
        DROP,
        /** The connection is reset when half of the body was read. */
        RESET_REQUEST,
        /** No answer comes, and it is not carried out. */
        HANG,
        /** The connection is reset when half of the answer was sent. */
        RESET_ANSWER,
        /** The connection ends when half of the answer was sent. */
        TRUNCATED,
        /** One bit of the answer is another. */
        FLIPPED
    }

    /** Something that goes wrong. */
    record Fault(Kind kind, S3Error error) {
        static Fault of(Kind kind) {
            return new Fault(kind, S3Error.INTERNAL);
        }

        static Fault of(S3Error error) {
            return new Fault(Kind.ERROR, error);
        }
    }

    private record Scripted(String operation, String name, Fault fault) {}

    private static final List<Fault> OF_WRITES = List.of(
            Fault.of(Kind.COMMIT_THEN_DROP),
            Fault.of(Kind.COMMIT_THEN_DROP),
            Fault.of(Kind.LATE),
            Fault.of(Kind.LATE),
            Fault.of(Kind.DROP),
            Fault.of(Kind.RESET_REQUEST),
            Fault.of(Kind.ERROR_AFTER),
            Fault.of(S3Error.SLOW_DOWN),
            Fault.of(S3Error.CONFLICT));
    private static final List<Fault> OF_READS = List.of(
            Fault.of(Kind.RESET_ANSWER),
            Fault.of(Kind.TRUNCATED),
            Fault.of(Kind.FLIPPED),
            Fault.of(Kind.DROP),
            Fault.of(S3Error.SLOW_DOWN));
    private static final List<Fault> OF_OTHERS =
            List.of(Fault.of(Kind.DROP), Fault.of(S3Error.SLOW_DOWN), Fault.of(S3Error.INTERNAL));

    private final List<Scripted> scripted = new ArrayList<>();
    private Optional<Fault> always = Optional.empty();
    private SplittableRandom random = new SplittableRandom(0);
    private double probability;
    private int happened;

    /** The next request of this kind for a name that contains this goes wrong so. */
    synchronized void on(String operation, String name, Fault fault) {
        scripted.add(new Scripted(operation, name, fault));
    }

    /** Every request goes wrong so. */
    synchronized void always(Fault fault) {
        always = Optional.of(fault);
    }

    synchronized void byChance(long seed, double chance) {
        random = new SplittableRandom(seed);
        probability = chance;
    }

    synchronized void heal() {
        scripted.clear();
        always = Optional.empty();
        probability = 0;
    }

    /** Returns how many there were by chance. */
    synchronized int happened() {
        return happened;
    }

    synchronized Optional<Fault> next(String operation, String name) {
        for (Iterator<Scripted> each = scripted.iterator(); each.hasNext(); ) {
            Scripted one = each.next();
            if (one.operation.equals(operation) && name.contains(one.name)) {
                each.remove();
                return Optional.of(one.fault);
            }
        }
        if (always.isPresent() || random.nextDouble() >= probability) {
            return always;
        }
        happened++;
        List<Fault> fitting = switch (operation) {
            case "PutObject", "CompleteMultipartUpload" -> OF_WRITES;
            case "GetObject" -> OF_READS;
            default -> OF_OTHERS;
        };
        return Optional.of(fitting.get(random.nextInt(fitting.size())));
    }
}
