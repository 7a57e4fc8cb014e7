package io.maas.http.internal.jetty;

import io.maas.http.internal.exchange.BodyBuffers;
import io.maas.http.internal.exchange.ErrorFace;
import io.maas.http.limits.HttpLimits;

/** What the exchanges of a server share. */
record Surroundings(
        HttpLimits limits, BodyBuffers buffers, ErrorFace face, InFlight inFlight, Workers workers, AccessLines log) {}
