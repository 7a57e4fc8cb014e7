package io.maas.benchmarks.http;

import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.benchmarks.Figures.Effort;
import io.maas.benchmarks.serving.Subject;
import io.maas.http.MaasHttpServer;
import io.maas.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the adapter does beside a server that is written by hand, both in this process and asked by the same thread. */
public final class HttpFigures {
    /** How long each side is asked, and how often in turn. */
    private record Turns(Duration each, int pairs) {
        static Turns of(Effort effort) {
            return effort == Effort.FULL ? new Turns(Duration.ofSeconds(3), 7) : new Turns(Duration.ofMillis(300), 1);
        }
    }

    private HttpFigures() {}

    /** Requests a second and how long they take, by the number of connections. */
    public static List<Figure> measure(Effort effort) throws Exception {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Turns turns = Turns.of(effort);
        List<Figure> figures = new ArrayList<>();
        figures.addAll(tiny(turns));
        figures.addAll(texts(turns));
        return figures;
    }

    private static List<Figure> tiny(Turns turns) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Subject tiny = Subject.tiny(settings -> settings);
                HandWritten byHand = new HandWritten(tiny.file());
                MaasHttpServer ours =
                        MaasHttpServer.builder(tiny.maas()).port(0).start()) {
            String values = values();
            String plain = post("/predict", "{\"input\":[[" + values + "]]}");
            String protocol = post(
                    "/v2/models/model/infer",
                    "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,100],\"datatype\":\"FP32\",\"data\":[" + values
                            + "]}]}");
            int port = ours.address().getPort();
            for (int connections : new int[] {8, 64}) {
                figures.addAll(pairs(
                        "HTTP, tiny, JSON, " + connections + " connections",
                        new Side(byHand.port(), plain),
                        new Side(port, plain),
                        connections,
                        turns,
                        Goal.ratioAtLeast(1)));
                figures.addAll(pairs(
                        "HTTP, tiny, /v2 JSON, " + connections + " connections",
                        new Side(byHand.port(), plain),
                        new Side(port, protocol),
                        connections,
                        turns,
                        Goal.none()));
            }
        }
        return figures;
    }

    private static List<Figure> texts(Turns turns) throws Exception {
        try (Subject texts = Subject.texts(settings -> settings);
                TextByHand byHand = new TextByHand(texts.file(), texts.tokenizer());
                MaasHttpServer ours =
                        MaasHttpServer.builder(texts.maas()).port(0).start()) {
            String body =
                    "{\"input\":\"the committee will publish its findings on the new railway line early next week\"}";
            return pairs(
                    "HTTP, MiniLM, a text of 17 tokens, 64 connections",
                    new Side(byHand.port(), post("/predict", body)),
                    new Side(ours.address().getPort(), post("/predict", body)),
                    64,
                    turns,
                    Goal.ratioAtLeast(1.9));
        }
    }

    private static String values() {
        Tensor numbers = Subject.numbers(1, 7).get("x");
        StringBuilder text = new StringBuilder();
        for (float value : numbers.toFloats()) {
            text.append(text.isEmpty() ? "" : ",").append(value);
        }
        return text.toString();
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                + "Content-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** Who is asked, and what. */
    private record Side(int port, String request) {}

    /** One after the other, several times: what disturbs the machine then disturbs both. */
    private static List<Figure> pairs(String name, Side baseline, Side subject, int connections, Turns turns, Goal goal)
            throws IOException {
        Duration each = turns.each();
        run(baseline, connections, each); // both are warm before either counts
        run(subject, connections, each);
        double[] theirs = new double[turns.pairs()];
        double[] ours = new double[turns.pairs()];
        double[] spread = new double[turns.pairs()];
        for (int i = 0; i < turns.pairs(); i++) {
            theirs[i] = run(baseline, connections, each).perSecond();
            Load.Outcome outcome = run(subject, connections, each);
            ours[i] = outcome.perSecond();
            spread[i] = outcome.p99Micros() / outcome.p50Micros();
        }
        return List.of(
                new Figure(name, median(ours), "requests/s", median(theirs), goal),
                Figure.of(name + ", p99/p50", median(spread), ""));
    }

    private static Load.Outcome run(Side side, int connections, Duration each) throws IOException {
        try (Load load = new Load(side.port(), connections, side.request())) {
            return load.run(each);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
