package io.maas.repository;

/** How far a version is from its end. */
public enum Lifecycle {
    /** Nothing is said against using it. */
    ACTIVE,
    /** It works; whoever uses it is warned. */
    DEPRECATED,
    /** It is found by its digest only: who pinned it goes on, nobody starts. It cannot be published. */
    YANKED,
    /** Its files are gone or will be. What it was, when, and who removed it stays known, and its label is not used again. */
    DELETED
}
