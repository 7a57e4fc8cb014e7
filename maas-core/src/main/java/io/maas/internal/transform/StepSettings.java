package io.maas.internal.transform;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Manifest.TransformStep;
import io.maas.model.Names;
import io.maas.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the settings of one step, and refuses what it does not know: a misspelt setting must not pass for a default. */
final class StepSettings {
    private final TransformStep step;
    private final List<String> known;

    private StepSettings(TransformStep step, List<String> known) {
        this.step = step;
        this.known = known;
    }

    /** Reads the settings of {@code step}, which may be those in {@code known} only. */
    static StepSettings of(TransformStep step, int newestVersion, String... known) {
        StepSettings settings = new StepSettings(step, List.of(known));
        if (step.version() < 1 || step.version() > newestVersion) {
            throw new InvalidInputException(
                    ErrorCode.BAD_TRANSFORM,
                    settings.doing(),
                    "there is no version " + step.version() + " of it",
                    "use a version from 1 to " + newestVersion + ", or a newer platform");
        }
        for (String name : step.with().keySet()) {
            if (!settings.known.contains(name)) {
                throw settings.refused("it has no setting '" + Names.shown(name) + "'");
            }
        }
        return settings;
    }

    /** Returns a text that must be given. */
    String text(String name) {
        return optionalText(name).orElseThrow(() -> refused("the setting '" + name + "' is missing"));
    }

    /** Returns a text, or {@code fallback} if it is not given. */
    String text(String name, String fallback) {
        return optionalText(name).orElse(fallback);
    }

    Optional<String> optionalText(String name) {
        Object value = step.with().get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String text) || text.isBlank()) {
            throw refused("the setting '" + name + "' is no text, " + Names.shown(value.toString()));
        }
        return Optional.of(text);
    }

    /** Returns a number from 1 up that must be given. */
    int positive(String name) {
        Object value = step.with().get(name);
        if (value == null) {
            throw refused("the setting '" + name + "' is missing");
        }
        if (value instanceof Number number && number.doubleValue() == number.intValue() && number.intValue() >= 1) {
            return number.intValue();
        }
        throw refused("the setting '" + name + "' is no whole number from 1 up, " + Names.shown(value.toString()));
    }

    /** Returns the tensor {@code name} among those there are. */
    TensorSpec require(Map<String, TensorSpec> available, String name) {
        TensorSpec spec = available.get(name);
        if (spec == null) {
            throw refused("there is no tensor '" + Names.shown(name) + "' at this point, only "
                    + available.keySet().stream().sorted().toList());
        }
        return spec;
    }

    /** Returns {@code spec} if it holds floating-point numbers in at least {@code rank} dimensions. */
    TensorSpec requireFloating(TensorSpec spec, int rank) {
        if (!spec.type().isFloating() || spec.rank() < rank) {
            throw refused("it needs floating-point numbers in " + rank + " dimensions or more, not " + spec);
        }
        return spec;
    }

    /** Returns the error that says why the step cannot be used, and what its settings are. */
    InvalidInputException refused(String why) {
        return new InvalidInputException(
                ErrorCode.BAD_TRANSFORM, doing(), why, "give the settings it has, which are " + known);
    }

    private String doing() {
        return "use the transform '" + Names.shown(step.name()) + "'";
    }
}
