/**
 * Contract suites for what plugs into the platform, and test doubles for those who use it.
 *
 * <p>Read {@link io.maas.testkit.ObjectStoreContract} first. Suites are for one thread, as JUnit runs them; doubles are
 * thread-safe.
 */
package io.maas.testkit;
