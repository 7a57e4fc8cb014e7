package io.maas.http.internal.route;

/** How far a route reaches, for callers who are for some models only. */
public enum Reach {
    /** To the model that stands in its path as <code>{model}</code>: others are as if they were not there. */
    MODEL,
    /** To those models that its handler finds the caller to be for, see {@link Caller#isFor}. */
    OWN,
    /** To all models, or to what is about none: it is not for such callers. */
    EVERYTHING
}
