package io.maas.repository;

import java.time.Instant;
import java.util.Optional;

/**
 * A change of the registry that is durable.
 *
 * @param number its place in the log, from 0
 * @param time when it was made; never before the one of the commit before
 * @param actor who made it
 * @param reason why, if that was said
 */
public record Commit(long number, Instant time, String actor, Optional<String> reason) {}
