package io.maas.repository;

import io.maas.model.Names;
import java.util.Optional;

/**
 * How to set the traffic of an alias. Immutable: each method returns a copy.
 *
 * @param alias the alias
 * @param change who does it, and why
 * @param expected the version that the alias must point at for the change to be made; if empty, any
 * @param expectedTraffic the traffic that it must have for the change to be made; if empty, any
 * @param force why versions get a share whatever the gate finds; empty if they do not
 */
public record TrafficOptions(
        String alias,
        ChangeOptions change,
        Optional<String> expected,
        Optional<Traffic> expectedTraffic,
        Optional<String> force) {
    /** Checks the names. */
    public TrafficOptions {
        Names.alias(alias);
        expected.ifPresent(Names::version);
    }

    /** Sets the traffic of {@code production}, which a bare model name stands for. */
    public static TrafficOptions ofProduction() {
        return of(Names.PRODUCTION);
    }

    /** Sets the traffic of any alias. */
    public static TrafficOptions of(String alias) {
        return new TrafficOptions(
                alias, ChangeOptions.defaults(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Says who does it. */
    public TrafficOptions actor(String who) {
        return change(change.actor(who));
    }

    /** Says why. */
    public TrafficOptions reason(String why) {
        return change(change.reason(why));
    }

    /** Makes the call repeatable. */
    public TrafficOptions token(String value) {
        return change(change.token(value));
    }

    /** Sets it although the model is on hold, for an actor who may. */
    public TrafficOptions despiteHold() {
        return change(change.despiteHold());
    }

    /** Says who does it, and why. */
    public TrafficOptions change(ChangeOptions value) {
        return new TrafficOptions(alias, value, expected, expectedTraffic, force);
    }

    /** Refuses the change unless the alias points at this version. */
    public TrafficOptions expecting(String version) {
        return new TrafficOptions(alias, change, Optional.of(version), expectedTraffic, force);
    }

    /** Refuses the change unless the alias has this traffic. */
    public TrafficOptions expecting(Traffic traffic) {
        return new TrafficOptions(alias, change, expected, Optional.of(traffic), force);
    }

    /** Gives versions a share whatever the gate finds. What it found, and this reason, stay in the log. */
    public TrafficOptions force(String why) {
        return new TrafficOptions(alias, change, expected, expectedTraffic, Optional.of(why));
    }
}
