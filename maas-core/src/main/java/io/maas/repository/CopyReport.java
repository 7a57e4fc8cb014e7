package io.maas.repository;

/**
 * What was copied of a registry.
 *
 * @param head the newest commit that the copy has; -1 if the registry has none
 * @param commits how many commits were written, those that were there not counted
 * @param blobs how many blobs were written
 * @param bytes how many bytes these commits and blobs have
 * @param skipped how many blobs were there already
 */
public record CopyReport(long head, long commits, long blobs, long bytes, long skipped) {}
