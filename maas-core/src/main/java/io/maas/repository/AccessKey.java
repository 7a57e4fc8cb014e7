package io.maas.repository;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.Names;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a bearer of a secret may do from elsewhere. The secret itself is not in it, see {@link AccessSecret}; whoever reads the
 * registry cannot use its keys. A plain value.
 *
 * <pre>{@code
 * AccessSecret secret = AccessSecret.random(new SecureRandom());
 * AccessKey key = secret.key("shop", AccessRole.INVOKER).forModels(List.of(ModelName.of("price")));
 * maas.repository().governance().grant(key, ChangeOptions.because("the shop asks for prices"));
 * }</pre>
 *
 * @param id names the key wherever it is spoken of; 4 to 32 lower-case letters and digits
 * @param label what people call it; 1 to 200 characters
 * @param secret the SHA-256 of the secret
 * @param roles what it lets its bearer do, at least one role
 * @param models which models it is for, 1 to 1,000; empty if for all, those too that come later
 * @param until when it no longer counts, if it ever does
 */
public record AccessKey(
        String id,
        String label,
        Digest secret,
        Set<AccessRole> roles,
        Optional<Set<ModelName>> models,
        Optional<Instant> until) {
    private static final Pattern ID = Pattern.compile("[a-z0-9]{4,32}");
    private static final int MAX_LABEL = 200;
    private static final int MAX_MODELS = 1_000;

    /**
     * Checks the values and copies the sets.
     *
     * @throws InvalidInputException {@link ErrorCode#INVALID_NAME} if the id or the label has other characters or another
     *     length; {@link ErrorCode#BAD_KEY} if it has no role, or is for no model or too many
     */
    public AccessKey {
        if (!ID.matcher(id).matches()) {
            throw refused(
                    ErrorCode.INVALID_NAME,
                    "its id is '" + Names.shown(id) + "'",
                    "use 4 to 32 letters a-z and digits");
        }
        if (label.isBlank() || label.length() > MAX_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw refused(
                    ErrorCode.INVALID_NAME,
                    "its label is blank, too long or has control characters, '" + Names.shown(label) + "'",
                    "use 1 to " + MAX_LABEL + " characters");
        }
        if (roles.isEmpty()) {
            throw refused(
                    ErrorCode.BAD_KEY,
                    "it has no role, and would open nothing",
                    "give one of " + Arrays.toString(AccessRole.values()));
        }
        int count = models.map(Set::size).orElse(1);
        if (count < 1 || count > MAX_MODELS) {
            throw refused(
                    ErrorCode.BAD_KEY,
                    "it is for " + count + " models",
                    "name 1 to " + MAX_MODELS + ", or leave them out to have it for all");
        }
        // in an order, so that the same key reads the same on every host
        roles = Collections.unmodifiableSet(new TreeSet<>(roles));
        models = models.map(names -> Collections.unmodifiableSet(new TreeSet<>(names)));
    }

    private static InvalidInputException refused(ErrorCode code, String why, String remedy) {
        return new InvalidInputException(code, "use an access key", why, remedy);
    }

    /** Returns the same, for these models only. */
    public AccessKey forModels(Collection<ModelName> names) {
        return new AccessKey(id, label, secret, roles, Optional.of(new TreeSet<>(names)), until);
    }

    /** Returns the same, which does not count any more at {@code end} and later. */
    public AccessKey validUntil(Instant end) {
        return new AccessKey(id, label, secret, roles, models, Optional.of(end));
    }

    /** Tells whether it counts at {@code instant}. */
    public boolean isValidAt(Instant instant) {
        return until.map(instant::isBefore).orElse(true);
    }

    /** Tells whether one of its roles includes this one. */
    public boolean has(AccessRole role) {
        return roles.stream().anyMatch(own -> own.includes(role));
    }

    /** Tells whether it is for a model. */
    public boolean isFor(ModelName model) {
        return models.map(names -> names.contains(model)).orElse(true);
    }
}
