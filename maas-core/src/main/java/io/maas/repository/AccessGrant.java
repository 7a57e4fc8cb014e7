package io.maas.repository;

/**
 * A key that was granted and not revoked since. It may have expired, see {@link AccessKey#isValidAt}.
 *
 * @param key what its bearer may do
 * @param commit when it was granted, by whom and why
 */
public record AccessGrant(AccessKey key, Commit commit) {}
