package io.maas.http.internal.auth;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Names;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names and addresses that a server is asked by. Whoever has a name can let it lead to this machine after a browser has loaded a
 * page from it, and the browser then takes the server's answers for the page's own (DNS rebinding): only the {@code Host} of the
 * request still tells.
 */
public final class OwnHosts {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?");
    private static final Pattern IP_4 = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final Pattern IP_6 = Pattern.compile("\\[[0-9a-f:.]+]");

    private final Set<String> names;
    private final Set<InetAddress> addresses;
    private final boolean anyAddress;

    private OwnHosts(Set<String> names, Set<InetAddress> addresses, boolean anyAddress) {
        this.names = names;
        this.addresses = addresses;
        this.anyAddress = anyAddress;
    }

    /**
     * Puts them together.
     *
     * @param listening on it
     * @param others as {@link #checked} returns them
     */
    public static OwnHosts of(InetSocketAddress listening, Collection<String> others) {
        Set<String> names = new HashSet<>(Set.of("localhost"));
        Set<InetAddress> addresses = new HashSet<>();
        for (String other : others) {
            literal(other).ifPresentOrElse(addresses::add, () -> names.add(other));
        }
        names.add(listening.getHostString().toLowerCase(Locale.ROOT));
        boolean anyAddress = false;
        if (!listening.isUnresolved()) {
            addresses.add(listening.getAddress());
            // nobody can make an address lead elsewhere: a page that asks for it was loaded from there
            anyAddress = listening.getAddress().isAnyLocalAddress();
        }
        return new OwnHosts(names, addresses, anyAddress);
    }

    /**
     * Returns a name or address as it is compared.
     *
     * @throws InvalidInputException {@link ErrorCode#BAD_SETTING} if it is neither
     */
    public static String checked(String host) {
        String plain = plain(host);
        boolean sound = plain.startsWith("[")
                ? literal(plain).isPresent()
                : NAME.matcher(plain).matches();
        if (!sound) {
            throw new InvalidInputException(
                    ErrorCode.BAD_SETTING,
                    "allow the host '" + Names.shown(host) + "'",
                    "it is neither a name nor an address",
                    "give one such as models.example.com or [2001:db8::7], without a scheme or a port");
        }
        return plain;
    }

    /** Tells whether a request for this authority is meant for the server. */
    boolean has(String authority) {
        String host = plain(withoutPort(authority));
        if (names.contains(host)) {
            return true;
        }
        Optional<InetAddress> address = literal(host);
        return address.isPresent()
                && (anyAddress || address.get().isLoopbackAddress() || addresses.contains(address.get()));
    }

    private static String withoutPort(String authority) {
        int colon = authority.indexOf(':', authority.indexOf(']') + 1);
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    private static String plain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** No name is asked for: what looks like an address is one, or nothing. */
    private static Optional<InetAddress> literal(String host) {
        if (!IP_4.matcher(host).matches() && !IP_6.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
