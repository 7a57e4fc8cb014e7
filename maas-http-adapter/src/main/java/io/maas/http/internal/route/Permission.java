package io.maas.http.internal.route;

/** What a route asks of its caller. */
public enum Permission {
    /** Nothing: whether the server lives is no secret. */
    NONE,
    /** To look at models and what is known of them. */
    READ,
    /** To call models. */
    INVOKE,
    /** To change what is registered and published. */
    PUBLISH,
    /** To approve what others registered. */
    APPROVE,
    /** To decide who may do what. */
    ADMIN
}
