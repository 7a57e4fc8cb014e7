/**
 * The log of commits as it lies in the store: documents, keys, and the one atomic step. What the commits mean is not
 * known here.
 *
 * <p>Read {@code CommitLog} first.
 */
package io.maas.internal.log;
