/**
 * The Open Inference Protocol, version 2, over HTTP: <a
 * href="https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md">its REST
 * specification</a> with the extensions for binary data, repositories and statistics, so that clients of Triton and KServe work
 * unchanged. Start at {@code InferenceRoutes}.
 */
package io.maas.http.internal.inference;
