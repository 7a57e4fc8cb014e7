/**
 * What a store, a backend, a transform or a signer implements to plug into the platform.
 *
 * <p>Read {@link io.maas.spi.ObjectStore} or {@link io.maas.spi.Backend} first. Providers are found as services; each
 * type says what it must guarantee, and {@code maas-testkit} has a suite that checks it.
 */
package io.maas.spi;
