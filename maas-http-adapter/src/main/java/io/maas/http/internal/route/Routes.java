package io.maas.http.internal.route;

import io.maas.http.internal.exchange.BodyPlan;
import io.maas.http.internal.exchange.Endpoint;
import io.maas.http.internal.exchange.Exchange;
import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.Problem;
import io.maas.http.internal.exchange.Refusals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All routes, as a tree of path segments: a request is led to its route without trying one after the other. Where a fixed segment and
 * a variable both fit, the fixed one counts. What no route names is refused, and so is everything that the {@link Guard} does not let
 * through, before a byte of the body is read.
 */
public final class Routes implements Endpoint {
    private final Node root = new Node();
    private final List<Route> all;
    private final Guard guard;

    /** Finds out who makes a request. Asked about all routes but those that are open to everybody. Thread-safe. */
    @FunctionalInterface
    public interface Guard {
        /**
         * Lets a request through, or throws.
         *
         * @return who makes it
         * @throws HttpProblem if nobody knows him
         */
        Caller admit(Exchange exchange, Route route);

        /** Tells whether {@link #admit} may take long, so that it is not to be called on a thread that must not block. */
        default boolean takesLong(Exchange exchange) {
            return false;
        }
    }

    private static final class Node {
        private final Map<String, Node> fixed = new HashMap<>();
        private @Nullable Node variable;
        private final Map<String, Route> byMethod = new TreeMap<>();
    }

    /**
     * Puts routes together.
     *
     * @throws IllegalArgumentException if two are the same
     */
    public Routes(List<Route> routes, Guard guard) {
        this.guard = guard;
        this.all = List.copyOf(routes);
        for (Route route : all) {
            Node node = root;
            for (String segment : route.template().substring(1).split("/", -1)) {
                node = child(node, segment);
            }
            if (node.byMethod.put(route.method(), route) != null) {
                throw new IllegalArgumentException("two routes are " + route.method() + " " + route.template());
            }
        }
    }

    private static Node child(Node node, String segment) {
        if (!segment.startsWith("{")) {
            return node.fixed.computeIfAbsent(segment, s -> new Node());
        }
        if (node.variable == null) {
            node.variable = new Node();
        }
        return node.variable;
    }

    /** Returns all of them, in their order. */
    public List<Route> all() {
        return all;
    }

    @Override
    public BodyPlan accept(Exchange exchange) {
        List<String> values = new ArrayList<>(2);
        Node node = find(root, exchange.path().segments(), 0, values);
        if (node == null || node.byMethod.isEmpty()) {
            throw Refusals.notFound();
        }
        Route route = node.byMethod.get(exchange.method());
        if (route == null) {
            Problem refusal = Refusals.methodNotAllowed(exchange.method()).problem();
            throw new HttpProblem(new Problem(
                    refusal.status(),
                    refusal.code(),
                    refusal.detail(),
                    Map.of("Allow", String.join(", ", node.byMethod.keySet()))));
        }
        boolean open = route.permission() == Permission.NONE;
        return !open && guard.takesLong(exchange)
                ? BodyPlan.later(() -> admit(exchange, route, values))
                : admit(exchange, route, values);
    }

    private BodyPlan admit(Exchange exchange, Route route, List<String> values) {
        Caller caller = route.permission() == Permission.NONE ? Caller.NOBODY : guard.admit(exchange, route);
        exchange.identify(caller.id());
        caller.require(route.permission());
        Bounds.check(route, values, caller);
        return Bounds.discreet(route.handler().accept(exchange, new Match(values, caller)), caller);
    }

    private static @Nullable Node find(Node node, List<String> segments, int at, List<String> values) {
        if (at == segments.size()) {
            return node.byMethod.isEmpty() ? null : node;
        }
        Node fixed = node.fixed.get(segments.get(at));
        Node found = fixed == null ? null : find(fixed, segments, at + 1, values);
        if (found == null && node.variable != null && !segments.get(at).isEmpty()) {
            values.add(segments.get(at));
            found = find(node.variable, segments, at + 1, values);
            if (found == null) {
                values.remove(values.size() - 1);
            }
        }
        return found;
    }
}
