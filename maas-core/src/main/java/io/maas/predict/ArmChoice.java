package io.maas.predict;

/** Why it was this version that answered a call. */
public enum ArmChoice {
    /** The reference points at it, and nobody else answers. */
    PRIMARY,
    /** Several versions share the alias, and it was drawn by weight. */
    WEIGHTED,
    /** Several versions share the alias, and the call's {@linkplain CallOptions#key() key} belongs to it. */
    STICKY
}
