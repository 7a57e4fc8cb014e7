/**
 * Writes small ONNX models, for tests and benchmarks that need a real one.
 *
 * <p>Read {@link io.maas.testkit.onnx.OnnxModels} first. Writers are for one thread; the files they make are bytes.
 */
package io.maas.testkit.onnx;
