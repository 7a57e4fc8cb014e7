/**
 * Registering models, moving aliases between their versions, and asking what happened.
 *
 * <p>Read {@link io.maas.repository.ModelRepository} first. Everything here is thread-safe.
 */
package io.maas.repository;
