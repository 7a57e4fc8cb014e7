/**
 * What managing models costs: registering a large one, a registry of very many, and many who write at once. Each part runs in
 * processes of its own, so that heaps are bounded and clean. Read {@link io.maas.benchmarks.registry.RegistryFigures} first.
 */
@org.jspecify.annotations.NullMarked
package io.maas.benchmarks.registry;
