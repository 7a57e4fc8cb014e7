/**
 * Tensors as they travel: as JSON numbers, and as the bytes of the Open Inference Protocol's binary extension. Start at {@code
 * JsonTensors}.
 *
 * <p>Everything here is stateless or used by one thread.
 */
package io.maas.http.internal.wire;
