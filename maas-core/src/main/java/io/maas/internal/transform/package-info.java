/**
 * The transforms that every platform has: numbers in, numbers out, no engine.
 *
 * <p>Read {@link io.maas.internal.transform.StepSettings} first, then any provider. Transforms are thread-safe.
 */
package io.maas.internal.transform;
