/**
 * Typed, shaped, named data: what goes into a model and what comes out.
 *
 * <p>Read {@link io.maas.tensor.Tensor} first. Everything here is immutable and safe to share between threads, except
 * that a wrapped tensor is only as immutable as the memory it borrows.
 */
package io.maas.tensor;
