/**
 * Writes small TorchScript archives, for tests that need a real one, or one that is wrong.
 *
 * <p>Read {@link io.maas.testkit.torchscript.TorchScripts} first. Writers are for one thread; the files they make are bytes.
 */
package io.maas.testkit.torchscript;
