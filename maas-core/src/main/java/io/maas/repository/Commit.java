package io.maas.repository;

import java.time.Instant;
import java.util.Optional;

/**
 * A change of the registry that is durable.
 *
 * @param number the commit that carries it, from 0
 * @param index its place among the changes of that commit, from 0: changes that wait for the store ride together
 * @param time when it was made; never before the one of the commit before
 * @param actor who made it
 * @param reason why, if that was said
 */
public record Commit(long number, int index, Instant time, String actor, Optional<String> reason) {}
