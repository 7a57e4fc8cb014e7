/**
 * ONNX models on ONNX Runtime, and Hugging Face tokenizers.
 *
 * <p>Read {@link io.maas.backend.djl.OnnxBackendProvider} first; both public types are found as services. DJL brings the
 * engine and the tokenizers; models run on ONNX Runtime's own API, which lets the platform choose memory, read the
 * signature and stop a run. Everything is thread-safe unless it says otherwise.
 */
package io.maas.backend.djl;
