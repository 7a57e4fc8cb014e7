package io.maas.http.internal.route;

import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.exchange.Refusals;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Places for requests that hold something for as long as their clients take, such as a thread. One caller has at most half of them,
 * or he could keep out all others by being slow. Thread-safe.
 */
public final class Places {
    private static final Map<String, String> SOON = Map.of("Retry-After", "5");

    private final String what;
    private final int most;
    private final int mostOfOne;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    /**
     * Creates them, all free.
     *
     * @param what they are for, in the plural
     */
    public Places(String what, int most) {
        this.what = what;
        this.most = most;
        this.mostOfOne = Math.max(1, most / 2);
    }

    /**
     * Takes a place, until the exchange is complete and nobody works for it.
     *
     * @throws HttpProblem 429 if the caller has his share, 503 if all are taken
     */
    public Place take(Exchange exchange, Caller caller) {
        String credential = caller.credential();
        enter(credential);
        Place place = new Place(credential);
        exchange.onComplete(place::letGo);
        return place;
    }

    private synchronized void enter(String credential) {
        int own = taken.getOrDefault(credential, 0);
        if (own >= mostOfOne) {
            throw new HttpProblem(new Problem(
                    429,
                    "caller-over-limit",
                    "Cannot take more of this caller: he has " + own + " " + what
                            + " under way, and may have no more; wait until one has ended",
                    SOON));
        }
        if (all >= most) {
            throw new HttpProblem(new Problem(
                    503,
                    "streams-overloaded",
                    "Cannot answer: " + all + " " + what + " are under way, and there may be no more; try again later",
                    SOON));
        }
        all++;
        taken.put(credential, own + 1);
    }

    private synchronized void leave(String credential) {
        all--;
        taken.computeIfPresent(credential, (name, own) -> own == 1 ? null : own - 1);
    }

    /** Returns how many are taken. */
    public synchronized int taken() {
        return all;
    }

    /** What is done in a place. */
    @FunctionalInterface
    public interface Work {
        /** Does it. */
        void run() throws IOException;
    }

    /** A place of one exchange, which holds it until it is complete, as does whoever works for it. */
    public final class Place {
        private final String credential;
        private int holders = 1;

        private Place(String credential) {
            this.credential = credential;
        }

        /**
         * Holds it for some work, which may go on when the exchange is complete already, since its client is gone.
         *
         * @throws HttpProblem 400 if the client has gone before
         */
        public void during(Work work) throws IOException {
            synchronized (this) {
                if (holders == 0) {
                    throw Refusals.cutShort();
                }
                holders++;
            }
            try {
                work.run();
            } finally {
                letGo();
            }
        }

        private void letGo() {
            boolean last;
            synchronized (this) {
                last = --holders == 0;
            }
            if (last) {
                leave(credential);
            }
        }
    }
}
