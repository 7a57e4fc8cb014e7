package io.maas.internal.log;

/**
 * A commit as it was read.
 *
 * @param record what it says
 * @param bytes what is stored, whose digest the next commit names
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record StoredCommit(CommitRecord record, byte[] bytes) {}
