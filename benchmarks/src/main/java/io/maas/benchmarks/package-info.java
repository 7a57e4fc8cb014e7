/** What a call costs, against the same work done by hand on the engine's own API. Read {@link OnnxCallBenchmark} first. */
@org.jspecify.annotations.NullMarked
package io.maas.benchmarks;
