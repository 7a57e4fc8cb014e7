package io.maas.internal.hosts;

import io.maas.error.MaasException;
import io.maas.error.UnavailableException;
import io.maas.internal.log.CommitLog;
import io.maas.internal.log.Readers;
import io.maas.spi.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports of all hosts in the store, {@code side/hosts/<id>/<number>.json}: each created once by the one host whose
 * they are, which then deletes those before. The last one counts. Of hosts that are gone for a day whoever keeps house
 * deletes them.
 */
public final class HostReports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostReports.class);
    private static final Duration GONE = Duration.ofDays(1);
    private static final int MOST_HOSTS = 1_000;
    private static final int PAGE = 1_000;
    private static final int MOST_PAGES = 10;
    private static final Pattern KEY = Pattern.compile("([0-9a-f]{16})/(\\d{12})\\.json");

    private final ObjectStore store;
    private final String prefix;
    private final String id;
    private final Readers readers = new Readers();
    private final TreeSet<Long> mine = new TreeSet<>();
    /** Since when this host sees the entries whose own time says nothing, by their keys. */
    private final Map<String, Instant> timeless = new HashMap<>();

    private long last;

    /**
     * Creates a view of the reports in {@code namespace}.
     *
     * @param id what identifies this host: 16 hexadecimal digits that nobody else has
     */
    public HostReports(ObjectStore store, String namespace, String id) {
        this.store = store;
        this.prefix = namespace + "/side/hosts/";
        this.id = id;
    }

    /** What a host wrote. */
    public sealed interface Posted {
        /** Returns the host's id. */
        String id();

        /**
         * A report.
         *
         * @param report the report
         */
        record Legible(HostReport report) implements Posted {
            @Override
            public String id() {
                return report.id();
            }
        }

        /**
         * Something else.
         *
         * @param id the host's id
         * @param why why it is no report
         */
        record Illegible(String id, String why) implements Posted {}
    }

    /** Returns what identifies this host. */
    public String id() {
        return id;
    }

    // ---- this host's own

    /** Writes this host's report. */
    public synchronized void write(HostReport report) {
        last++;
        mine.add(last); // if it is not known whether it was written, too
        store.createIfAbsent(key(id, last), CommitLog.source(HostReportCodec.write(report)));
        deleteMine(last);
    }

    /** Takes this host's reports away. */
    public synchronized void leave() {
        deleteMine(last + 1);
    }

    private void deleteMine(long before) {
        for (Iterator<Long> numbers = mine.headSet(before).iterator(); numbers.hasNext(); ) {
            store.delete(key(id, numbers.next()));
            numbers.remove();
        }
    }

    private String key(String host, long number) {
        return prefix + host + "/" + String.format(Locale.ROOT, "%012d", number) + ".json";
    }

    // ---- everybody's

    /** Reads the last report of every host, this one included. */
    public List<Posted> read() {
        Map<String, List<String>> keys = keys(prefix);
        List<Posted> all = new ArrayList<>();
        List<Supplier<Optional<Posted>>> reads = new ArrayList<>();
        keys.forEach((host, entries) -> reads.add(() -> read(host, entries.get(entries.size() - 1))));
        for (int i = 0; i < reads.size(); i += Readers.MOST) {
            readers.all(reads.subList(i, Math.min(reads.size(), i + Readers.MOST)))
                    .forEach(posted -> posted.ifPresent(all::add));
        }
        return all;
    }

    /** The keys of each host's reports, in order. */
    private Map<String, List<String>> keys(String under) {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        String after = "";
        for (int page = 0; page < MOST_PAGES; page++) {
            List<String> listed = store.list(under, after, PAGE);
            for (String key : listed) {
                Matcher parts = KEY.matcher(key.substring(prefix.length()));
                if (parts.matches() && (keys.size() < MOST_HOSTS || keys.containsKey(parts.group(1)))) {
                    keys.computeIfAbsent(parts.group(1), host -> new ArrayList<>())
                            .add(key);
                }
                after = key;
            }
            if (listed.size() < PAGE) {
                return keys;
            }
        }
        LOG.warn("{} has more than {} entries; the rest is not looked at", prefix, MOST_PAGES * PAGE);
        return keys;
    }

    private Optional<Posted> read(String host, String key) {
        Optional<Posted> posted = readOnce(host, key);
        if (posted.isEmpty()) {
            // between the listing and the reading its owner wrote a newer one, and deleted this
            List<String> now = keys(prefix + host + "/").getOrDefault(host, List.of());
            return now.isEmpty() ? Optional.empty() : readOnce(host, now.get(now.size() - 1));
        }
        return posted;
    }

    private Optional<Posted> readOnce(String host, String key) {
        Optional<InputStream> opened = store.open(key, 0);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = opened.get()) {
            byte[] bytes = in.readNBytes(HostReportCodec.MOST_BYTES + 1);
            return Optional.of(new Posted.Legible(HostReportCodec.read(host, bytes)));
        } catch (UnavailableException e) {
            throw e;
        } catch (IOException | MaasException e) {
            return Optional.of(new Posted.Illegible(host, String.valueOf(e.getMessage())));
        }
    }

    /**
     * Deletes the reports of hosts that have not reported for a day: by their clock if that can be, else by how long this
     * host has seen the last one.
     */
    public synchronized void tidy(Instant now) {
        Map<String, List<String>> keys = keys(prefix);
        Map<String, Instant> seen = new HashMap<>();
        for (Posted posted : read()) {
            List<String> own = keys.getOrDefault(posted.id(), List.of());
            if (own.isEmpty() || posted.id().equals(id)) {
                continue;
            }
            String lastKey = own.get(own.size() - 1);
            Instant time = timeOf(posted)
                    .filter(said -> !said.isAfter(now))
                    .orElseGet(() -> seen.computeIfAbsent(lastKey, key -> timeless.getOrDefault(key, now)));
            if (time.isBefore(now.minus(GONE))) {
                LOG.info("The host {} has not reported since {}; its reports are deleted", posted.id(), time);
                own.forEach(store::delete);
            }
        }
        timeless.clear();
        timeless.putAll(seen);
    }

    private static Optional<Instant> timeOf(Posted posted) {
        return posted instanceof Posted.Legible legible
                ? Optional.of(legible.report().time())
                : Optional.empty();
    }

    /** Ends what was started for reading. */
    @Override
    public void close() {
        readers.close();
    }
}
