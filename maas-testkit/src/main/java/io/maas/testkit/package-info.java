/**
 * Contract suites for what plugs into the platform, and test doubles for those who use it.
 *
 * <p>If you use the platform, read {@link io.maas.testkit.TestPlatform} first, and {@code docs/testing.md}; if you write a store,
 * {@link io.maas.testkit.ObjectStoreContract}. Suites are for one thread, as JUnit runs them; doubles are thread-safe.
 */
package io.maas.testkit;
