package io.maas.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** Reads what a logger is told while a test runs. */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final BlockingQueue<ILoggingEvent> events = new LinkedBlockingQueue<>();
    private final Logger logger;
    private final Level before;

    private LogCapture(Logger logger) {
        this.logger = logger;
        this.before = logger.getLevel();
    }

    /** Begins to read what a logger is told at level info and above. */
    public static LogCapture of(String name) {
        LogCapture capture = new LogCapture((Logger) LoggerFactory.getLogger(name));
        capture.setContext(capture.logger.getLoggerContext());
        capture.start();
        capture.logger.addAppender(capture);
        capture.logger.setLevel(Level.INFO);
        return capture;
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing(); // with the diagnostic context of the thread
        events.add(event);
    }

    /** Waits for the next event: an answer may arrive before what is logged of it. */
    public ILoggingEvent next() throws InterruptedException {
        return Objects.requireNonNull(events.poll(10, TimeUnit.SECONDS), "nothing is logged");
    }

    /** Waits for the next event, and returns its pairs. */
    public Map<String, String> nextPairs() throws InterruptedException {
        return pairs(next());
    }

    /** Returns the pairs of an event. */
    public static Map<String, String> pairs(ILoggingEvent event) {
        return event.getKeyValuePairs().stream()
                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(before);
    }
}
