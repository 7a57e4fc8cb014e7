/**
 * What stands between a registered version and its callers. Read {@link io.maas.internal.gate.PublishGate} first. Everything
 * here is thread-safe.
 */
@NullMarked
package io.maas.internal.gate;

import org.jspecify.annotations.NullMarked;
