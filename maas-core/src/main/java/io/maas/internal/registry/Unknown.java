package io.maas.internal.registry;

import io.maas.error.ErrorCode;
import io.maas.error.NotFoundException;
import io.maas.model.Digest;
import io.maas.model.ModelName;
import io.maas.model.Names;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What to say when something does not exist: what does exist helps more than anything else. */
final class Unknown {
    /** The most names in a message. */
    static final int SHOWN = 10;

    private Unknown() {}

    static NotFoundException model(ModelName name, List<ModelName> known) {
        return new NotFoundException(
                ErrorCode.UNKNOWN_MODEL,
                "find the model",
                "none is called '" + name + "'",
                known.isEmpty() ? "register it first" : "register it first, or use one of " + some(known));
    }

    static NotFoundException version(ModelState model, String label) {
        return new NotFoundException(
                ErrorCode.UNKNOWN_VERSION,
                "find the version",
                model.name() + " has no version '" + Names.shown(label) + "'",
                "use one of " + some(model.live().map(VersionState::version).toList()));
    }

    /** Of a version that was yanked or deleted. */
    static NotFoundException gone(ModelState model, VersionState version) {
        return new NotFoundException(
                ErrorCode.YANKED,
                "find the version",
                model.name() + ":" + version.version() + " was " + end(version),
                "use another version, or its digest, " + version.digest() + ", where it was pinned before");
    }

    /** How, by whom and why a version came to its end. */
    static String end(VersionState version) {
        return Lifecycles.shown(version.lifecycle())
                + version.standing()
                        .since()
                        .map(by -> " by " + by.actor() + " in commit " + by.number()
                                + by.reason().map(why -> ", '" + why + "'").orElse(""))
                        .orElse("");
    }

    static NotFoundException alias(ModelState model, String alias) {
        return new NotFoundException(
                ErrorCode.UNKNOWN_ALIAS,
                "find the alias",
                "nothing was published as " + model.name() + "@" + Names.shown(alias),
                "publish a version under it, or use one of "
                        + some(model.aliases().keySet()));
    }

    static NotFoundException digest(ModelState model, Digest digest) {
        return new NotFoundException(
                ErrorCode.UNKNOWN_DIGEST,
                "find the bundle",
                model.name() + " has no version with " + digest,
                "register the package first");
    }

    private static String some(Collection<?> all) {
        String shown = all.stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(", "));
        return all.isEmpty() ? "none yet" : all.size() > SHOWN ? shown + ", …" : shown;
    }
}
