/**
 * The store in an S3 bucket, shared by any number of hosts.
 *
 * <p>Read {@code S3Store} first, for which requests are repeated and which never are. Thread-safe.
 */
package io.maas.store.s3;
