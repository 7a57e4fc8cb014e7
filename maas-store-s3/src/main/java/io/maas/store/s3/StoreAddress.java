package io.maas.store.s3;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.spi.StoreKeys;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where a store is. What is wrong with an address is said without its values, since somebody may have put a secret there.
 *
 * @param bucket its bucket
 * @param root what all its keys start with: the empty string, or something with a slash at the end
 * @param options the settings
 * @param text the address as it was given
 */
record StoreAddress(String bucket, String root, Options options, String text) {
    /** How addresses reach a bucket. */
    enum Style {
        /** The bucket is the first part of the path. */
        PATH,
        /** The bucket is the first part of the host's name. */
        HOST
    }

    /** What the server understands. */
    enum Preset {
        /** All that Amazon S3 does. */
        AWS,
        /** No checksums but those that are asked for, and no chunked bodies. */
        COMPATIBLE
    }

    /**
     * The settings.
     *
     * @param endpoint the server, unless it is Amazon's
     * @param region the region, unless the environment says it
     * @param style how the bucket is reached
     * @param preset what the server understands
     * @param partBytes the size of the parts of a large object
     * @param abandonedAfter the age at which an unfinished upload is given up; none if never
     */
    record Options(
            Optional<URI> endpoint,
            Optional<String> region,
            Style style,
            Preset preset,
            int partBytes,
            Optional<Duration> abandonedAfter) {}

    private static final int MIB = 1 << 20;
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern REGION = Pattern.compile("[a-z0-9][a-z0-9-]{0,40}");
    /** A name in S3 has at most 1,024 bytes, and keys of the platform need about 250 of them. */
    private static final int LONGEST_PREFIX = 512;

    private static final int LONGEST_NAME = 1024;

    /** Settings that an S3 client has been given already, if there is one. */
    private static final String[] CLIENT_SETTINGS = {"endpoint", "region", "pathStyle", "preset"};

    /** Understands an address such as {@code s3://bucket/models?region=eu-central-1}. */
    static StoreAddress parse(URI address) {
        return new Parser(address).parse();
    }

    /** Refuses settings that are the client's own. */
    StoreAddress requireForGivenClient() {
        Parser parser = new Parser(URI.create(text));
        for (String setting : CLIENT_SETTINGS) {
            if (parser.query().containsKey(setting)) {
                throw parser.malformed("the S3 client that was given decides about '" + setting + "'");
            }
        }
        return this;
    }

    /** Returns the name in the bucket of a key. */
    String nameOf(String key) {
        String name = root + StoreKeys.requireKey(key);
        if (name.length() > LONGEST_NAME) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_NAME,
                    "use the key of an object",
                    "with the store's prefix it has " + name.length() + " bytes, '" + name + "'",
                    "use shorter keys or a shorter prefix; S3 has names of up to " + LONGEST_NAME + " bytes");
        }
        return name;
    }

    private static final class Parser {
        private final URI address;

        Parser(URI address) {
            this.address = address;
        }

        StoreAddress parse() {
            if (!"s3".equalsIgnoreCase(address.getScheme())) {
                throw malformed("it is that of another kind of store");
            }
            if (address.getRawAuthority() == null) {
                throw malformed("it names no bucket");
            }
            if (address.getRawAuthority().contains("@")) {
                throw malformed("it has a user before the bucket; credentials do not belong into an address");
            }
            if (!BUCKET.matcher(address.getRawAuthority()).matches()) {
                throw malformed("no bucket can have the name '" + address.getRawAuthority() + "'");
            }
            if (address.getRawFragment() != null) {
                throw malformed("it has a fragment");
            }
            return new StoreAddress(address.getRawAuthority(), root(), options(), address.toString());
        }

        private String root() {
            String path = address.getPath().replaceAll("^/|/$", "");
            if (path.isEmpty()) {
                return "";
            }
            if (!StoreKeys.isKey(path) || path.length() > LONGEST_PREFIX) {
                throw malformed("no store can have the prefix '" + path
                        + "'; a prefix is made as keys are, and has up to " + LONGEST_PREFIX + " characters");
            }
            return path + "/";
        }

        private Options options() {
            Map<String, String> query = query();
            Optional<URI> endpoint = take(query, "endpoint").map(this::endpoint);
            Optional<String> region = take(query, "region").map(this::region);
            Optional<Style> style = take(query, "pathStyle").map(this::style);
            Preset preset = take(query, "preset").map(this::preset).orElse(Preset.AWS);
            int part = take(query, "partSize").map(this::partMib).orElse(8);
            Optional<Duration> abandoned =
                    take(query, "abandonedAfter").map(this::abandoned).orElse(Optional.of(Duration.ofDays(7)));
            if (!query.isEmpty()) {
                throw malformed("it has an unknown setting, '"
                        + query.keySet().iterator().next() + "'");
            }
            // servers of one's own seldom have a name for each bucket
            Style byDefault = endpoint.isPresent() ? Style.PATH : Style.HOST;
            return new Options(endpoint, region, style.orElse(byDefault), preset, part * MIB, abandoned);
        }

        private static Optional<String> take(Map<String, String> query, String name) {
            return Optional.ofNullable(query.remove(name));
        }

        Map<String, String> query() {
            Map<String, String> settings = new TreeMap<>();
            if (address.getRawQuery() == null) {
                return settings;
            }
            for (String setting : address.getRawQuery().split("&", -1)) {
                int equals = setting.indexOf('=');
                String name = equals < 0 ? setting : setting.substring(0, equals);
                String value =
                        equals < 0 ? "" : URLDecoder.decode(setting.substring(equals + 1), StandardCharsets.UTF_8);
                if (settings.put(name, value) != null) {
                    throw malformed("it has a setting twice, '" + name + "'");
                }
            }
            return settings;
        }

        private URI endpoint(String text) {
            try {
                URI endpoint = URI.create(text);
                boolean http = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
                boolean bare = endpoint.getHost() != null
                        && endpoint.getRawUserInfo() == null
                        && endpoint.getRawQuery() == null
                        && endpoint.getRawFragment() == null;
                if (http && bare) {
                    return endpoint;
                }
            } catch (IllegalArgumentException e) {
                throw malformed("its endpoint is no address", e);
            }
            throw malformed("its endpoint is not http or https with a host, and perhaps a port, alone");
        }

        private String region(String text) {
            if (!REGION.matcher(text).matches()) {
                throw malformed("no region can have the name that it says");
            }
            return text;
        }

        private Style style(String text) {
            return switch (text) {
                case "true" -> Style.PATH;
                case "false" -> Style.HOST;
                default -> throw malformed("'pathStyle' is neither true nor false");
            };
        }

        private Preset preset(String text) {
            return switch (text) {
                case "aws" -> Preset.AWS;
                case "compatible" -> Preset.COMPATIBLE;
                default -> throw malformed("'preset' is neither aws nor compatible");
            };
        }

        private int partMib(String text) {
            if (!text.matches("[5-9]|1[0-6]")) {
                throw malformed("'partSize' is no whole number of MiB from 5 to 16");
            }
            return Integer.parseInt(text);
        }

        private Optional<Duration> abandoned(String text) {
            if (text.equals("never")) {
                return Optional.empty();
            }
            try {
                Duration age = Duration.parse(text);
                if (age.compareTo(Duration.ofHours(1)) >= 0) {
                    return Optional.of(age);
                }
            } catch (java.time.DateTimeException e) {
                throw malformed("'abandonedAfter' is no time such as P7D", e);
            }
            throw malformed("'abandonedAfter' is less than an hour, so that running uploads would be given up");
        }

        InvalidInputException malformed(String why) {
            return new InvalidInputException(ErrorCode.BAD_SETTING, doing(), why, remedy());
        }

        private InvalidInputException malformed(String why, Exception cause) {
            return new InvalidInputException(ErrorCode.BAD_SETTING, doing(), why, remedy(), cause);
        }

        private String doing() {
            String authority = String.valueOf(address.getRawAuthority());
            return "open the store '" + address.getScheme() + "://" + authority.substring(authority.indexOf('@') + 1)
                    + (address.getRawPath() == null ? "" : address.getRawPath()) + "'";
        }

        private static String remedy() {
            return "use an address such as s3://bucket/models?region=eu-central-1, or for a server of your own"
                    + " s3://bucket/models?endpoint=https://s3.example.com; settings are endpoint, region, pathStyle,"
                    + " preset, partSize and abandonedAfter";
        }
    }
}
