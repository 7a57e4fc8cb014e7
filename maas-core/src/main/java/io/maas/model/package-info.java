/**
 * What a model is called, what it takes and gives, and what its package says about it.
 *
 * <p>Read {@link io.maas.model.Manifest} first. Values only: immutable and thread-safe.
 */
package io.maas.model;
