/**
 * Every error the platform throws, as a small tree of unchecked exceptions.
 *
 * <p>Read {@link io.maas.error.MaasException} first. Exceptions are immutable and safe to share between threads.
 */
package io.maas.error;
