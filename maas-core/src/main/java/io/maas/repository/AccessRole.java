package io.maas.repository;

/** What a key lets its bearer do. Roles include others, see {@link #includes}; a key may have several. */
public enum AccessRole {
    /** Looks at models, their history and their figures. */
    READER,
    /** Calls models, and all that a reader may. */
    INVOKER,
    /** Registers, publishes, rolls back and retires versions, and all that an invoker may. */
    PUBLISHER,
    /** Approves versions of others, and all that a reader may. */
    APPROVER,
    /** Decides who may do what, and all that any other role may. */
    ADMIN;

    /** Tells whether whoever has this role may do what the other is for. */
    public boolean includes(AccessRole other) {
        return switch (this) {
            case READER -> other == READER;
            case INVOKER -> other == READER || other == INVOKER;
            case PUBLISHER -> other == READER || other == INVOKER || other == PUBLISHER;
            case APPROVER -> other == READER || other == APPROVER;
            case ADMIN -> true;
        };
    }
}
