package io.maas.benchmarks.http;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OrtException;
import io.maas.benchmarks.Figure;
import io.maas.benchmarks.Figure.Goal;
import io.maas.benchmarks.Figures.Effort;
import io.maas.benchmarks.serving.Engine;
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
    private record Turns(Duration each, int pairs, List<Integer> threads) {
        static Turns of(Effort effort) {
            return effort == Effort.FULL
                    ? new Turns(Duration.ofSeconds(3), 7, List.of(2, 4, 8, 16, 64))
                    : new Turns(Duration.ofMillis(300), 1, List.of(4));
        }
    }

    private static final int ARRIVAL_CONNECTIONS = 128; // the server of the JDK keeps 200 at most
    private static final double BOUND_MICROS = 50_000;

    private HttpFigures() {}

    /** Requests a second and how long they take, by the number of connections. */
    public static List<Figure> measure(Effort effort) throws IOException, OrtException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Turns turns = Turns.of(effort);
        List<Figure> figures = new ArrayList<>();
        figures.addAll(tiny(turns));
        figures.addAll(texts(turns));
        figures.addAll(turns.pairs() > 1 ? OneImage.measure(200, turns.pairs(), 5) : OneImage.measure(5, 1, 1));
        return figures;
    }

    private static List<Figure> tiny(Turns turns) throws IOException, OrtException {
        List<Figure> figures = new ArrayList<>();
        try (Subject tiny = Subject.tiny(settings -> settings);
                Engine engine = new Engine(tiny.file(), 1);
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
                try (HandWritten byHand = best(HandWritten.rows(engine), plain, connections, turns)) {
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
        }
        return figures;
    }

    private static List<Figure> texts(Turns turns) throws IOException, OrtException {
        List<Figure> figures = new ArrayList<>();
        try (Subject texts = Subject.texts(settings -> settings);
                Engine engine = new Engine(texts.file(), 1);
                HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(texts.tokenizer());
                MaasHttpServer ours =
                        MaasHttpServer.builder(texts.maas()).port(0).start()) {
            String request = post(
                    "/predict",
                    "{\"input\":\"the committee will publish its findings on the new railway line early next week\"}");
            try (HandWritten byHand = best(HandWritten.text(engine, tokenizer), request, 64, turns)) {
                Side theirs = new Side(byHand.port(), request);
                Side our = new Side(ours.address().getPort(), request);
                figures.addAll(pairs(
                        "HTTP, MiniLM, a text of 17 tokens, 64 connections",
                        theirs,
                        our,
                        64,
                        turns,
                        Goal.ratioAtLeast(1.9)));
                figures.add(new Figure(
                        "HTTP, MiniLM, highest Poisson rate with p99 <= 50 ms",
                        highest(our, turns),
                        "requests/s",
                        highest(theirs, turns),
                        Goal.ratioAtLeast(1.6)));
            }
        }
        return figures;
    }

    /** Returns the server that is written by hand with the number of threads that suits it best, whichever that is on this machine. */
    private static HandWritten best(HandWritten.Model model, String request, int connections, Turns turns)
            throws IOException {
        int best = 0;
        double most = 0;
        for (int threads : turns.threads()) {
            try (HandWritten byHand = new HandWritten(threads, model)) {
                Side side = new Side(byHand.port(), request);
                run(side, connections, turns.each());
                double perSecond = run(side, connections, turns.each()).perSecond();
                if (perSecond > most) {
                    most = perSecond;
                    best = threads;
                }
            }
        }
        System.out.println(
                "by hand, " + connections + " connections: " + best + " threads do best, " + Math.round(most) + "/s");
        return new HandWritten(best, model);
    }

    /** By bisection, to 4 %, or to a quarter where one pair is enough. */
    private static double highest(Side side, Turns turns) throws IOException {
        double valid = 0;
        double low = 50;
        double high = 1_600;
        try (Load load = new Load(side.port(), ARRIVAL_CONNECTIONS, side.request())) {
            load.arrivals(low, turns.each(), 1);
            while (high / low > (turns.pairs() > 1 ? 1.04 : 1.25)) {
                double rate = Math.sqrt(low * high);
                Load.Outcome outcome = load.arrivals(rate, turns.each().multipliedBy(2), (long) rate);
                if (outcome.refused() == 0 && outcome.p99Micros() <= BOUND_MICROS) {
                    valid = rate;
                    low = rate;
                } else {
                    high = rate;
                }
            }
        }
        return valid;
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

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
