package io.maas.error;

import java.util.Locale;

/** What went wrong, exactly. Names are stable: codes are added, never renamed or reused. */
public enum ErrorCode {
    // names and references
    /** A name has characters or a length that names may not have. */
    INVALID_NAME,
    /** No model has this name. */
    UNKNOWN_MODEL,
    /** The model has no such version. */
    UNKNOWN_VERSION,
    /** The model has no such alias, or nothing was ever published under it. */
    UNKNOWN_ALIAS,
    /** No bundle of this model has this digest. */
    UNKNOWN_DIGEST,

    // tensors and calls
    /** A tensor has another element type than the one asked for. */
    TENSOR_TYPE,
    /** A tensor has another number of dimensions than the signature asks for. */
    TENSOR_RANK,
    /** A dimension of a tensor has another size than the signature asks for, or names disagree. */
    TENSOR_DIM,
    /** The number of elements differs from what the shape says. */
    TENSOR_SIZE,
    /** A shape has a negative dimension, or its dimensions multiply to more than can be addressed. */
    TENSOR_SHAPE,
    /** A tensor is missing. */
    TENSOR_MISSING,
    /** A tensor was given, or asked for, that does not exist. */
    TENSOR_UNKNOWN,
    /** A tensor that was lent is read after its time. */
    TENSOR_RETURNED,
    /** The batch has no rows. */
    EMPTY_BATCH,
    /** Batch times length exceeds the bound that protects the host's memory. */
    CALL_TOO_LARGE,
    /** A Java type cannot stand for the tensors of a model. */
    MAPPING,
    /** The text or number given is not what the model's transforms can work on. */
    BAD_INPUT,

    // packages
    /** The path of a package does not exist or cannot be read. */
    PACKAGE_UNREADABLE,
    /** The package has no model file or is empty. */
    PACKAGE_EMPTY,
    /** The archive is not a zip, is cut short, or its two directories disagree. */
    PACKAGE_ARCHIVE,
    /** {@code maas.json} is missing, is not JSON, or says something it may not say. */
    PACKAGE_MANIFEST,
    /** A package is of another model, or depends on one, than those that it may be of. */
    OTHER_MODEL,
    /** A path in a package is absolute. */
    PACKAGE_PATH_ABSOLUTE,
    /** A path in a package climbs out of it. */
    PACKAGE_PATH_PARENT,
    /** A path in a package has a backslash. */
    PACKAGE_PATH_BACKSLASH,
    /** A path in a package names a drive. */
    PACKAGE_PATH_DRIVE,
    /** A path in a package has a NUL or another control character. */
    PACKAGE_PATH_CONTROL,
    /** A path in a package is empty, too deep, or has a name that is too long. */
    PACKAGE_PATH_LENGTH,
    /** A package has a symbolic or hard link. */
    PACKAGE_LINK,
    /** A package has something that is neither file nor folder. */
    PACKAGE_DEVICE,
    /** Two entries of a package have the same path, or differ only by case or Unicode form. */
    PACKAGE_DUPLICATE,
    /** A file of a package is not listed in {@code maas.json}. */
    PACKAGE_UNLISTED,
    /** A file that {@code maas.json} lists is missing. */
    PACKAGE_MISSING,
    /** A file has another size than {@code maas.json} or the archive says. */
    PACKAGE_SIZE,
    /** A file has another checksum than the archive says. */
    PACKAGE_CRC,
    /** A file has another digest than {@code maas.json} says. */
    PACKAGE_DIGEST,
    /** A package has too many entries. */
    PACKAGE_TOO_MANY,
    /** A package is larger than allowed. */
    PACKAGE_TOO_LARGE,
    /** An archive expands more than allowed. */
    PACKAGE_RATIO,
    /** An archive has data before or after its entries, or is encrypted. */
    PACKAGE_TRAILING,
    /** A file is a Python pickle, which is a program. */
    PACKAGE_PICKLE,
    /** A file holds code that loading the model would run. */
    PACKAGE_CODE,
    /** The package asks for something this platform does not have. */
    PACKAGE_REQUIRES,
    /** A document beside a model, such as its card or a configuration, is malformed, too large or nested too deep. */
    BAD_DOCUMENT,
    /** Nothing at a path tells which kind of model it is. */
    IMPORT_UNKNOWN,
    /** What is to be imported leaves open which model is meant, or what it is to be called. */
    IMPORT_AMBIGUOUS,
    /** A model is of a kind that cannot become a package: it is code, or no engine here runs its format. */
    IMPORT_UNSUPPORTED,
    /** A package is to be written where something else is. */
    TARGET_EXISTS,
    /** A package cannot be written: the place does not exist, is full, or may not be written to. */
    TARGET_UNWRITABLE,

    // signatures and keys
    /** The text is no key or certificate, or none that signatures are made or trusted with here. */
    BAD_KEY,
    /** A package has no signature where one is needed. */
    SIGNATURE_MISSING,
    /** {@code model.sig} is not a signature, or contradicts itself. */
    SIGNATURE_MALFORMED,
    /** {@code model.sig} is a signature of a kind that the platform does not verify. */
    SIGNATURE_UNSUPPORTED,
    /** The signature was not made by the key that it names, or what it signs was changed. */
    SIGNATURE_INVALID,
    /** A file was changed, added or removed after the package was signed. */
    SIGNATURE_MISMATCH,
    /** The signature was made by a key that is not trusted, or was not at that time. */
    SIGNER_UNTRUSTED,
    /** A certificate behind the signature has expired, or is not valid yet. */
    CERTIFICATE_EXPIRED,
    /** The signer could not sign, or what it made is no signature of its key. */
    SIGNING_FAILED,

    // models and engines
    /** The engine refused the model file. */
    MODEL_CORRUPT,
    /** The engine's signature is not the one that the manifest declares. */
    MODEL_SIGNATURE,
    /** The model uses something that the platform cannot carry. */
    MODEL_UNSUPPORTED,
    /** A model's self-test gave another answer than its package promises. */
    MODEL_SELF_TEST,
    /** The engine failed while running the model. */
    INFERENCE_FAILED,
    /** The device or the process has no memory left for the run. */
    OUT_OF_MEMORY,
    /** A device failed in a way that only a new process cures. */
    DEVICE_LOST,
    /** The model cannot serve at the moment. */
    MODEL_UNAVAILABLE,
    /** The call's deadline passed. */
    DEADLINE_EXCEEDED,
    /** More work is waiting than this host can do in time. */
    OVERLOADED,
    /** The caller cancelled the call. */
    CANCELLED,
    /** The predictor or the platform was closed. */
    CLOSED,
    /** No backend for the model's format is on the class path, or several claim it. */
    NO_BACKEND,
    /** No transform of this name and version is on the class path, or its settings are wrong. */
    BAD_TRANSFORM,
    /** The engine's native library cannot be loaded on this host. */
    NO_NATIVE,

    // registry
    /** This version label exists already. */
    DUPLICATE_VERSION,
    /** There is no earlier version to go back to. */
    NOTHING_TO_ROLL_BACK,
    /** A precondition of the change no longer holds. */
    STALE,
    /** The version was yanked or deleted. */
    YANKED,
    /** Versions cannot share an alias: what they take or give differs, or a package forbids it. */
    NOT_COMPARABLE,
    /** Something needs what was to be yanked or deleted. */
    IN_USE,
    /** The model is on hold. */
    ON_HOLD,
    /** The policy lets nobody approve their own work. */
    OWN_APPROVAL,
    /** The policy asks for more approvals. */
    POLICY_APPROVALS,
    /** The policy asks for a signature by another key. */
    POLICY_SIGNER,
    /** The policy does not accept the licence. */
    POLICY_LICENSE,
    /** The policy asks for more in the model card. */
    POLICY_CARD,
    /** The change would break callers, which the policy forbids. */
    POLICY_COMPATIBILITY,
    /** No policy, key, approval or commit is what was named. */
    UNKNOWN_RECORD,
    /** A token was used before, for another change. */
    TOKEN_REUSED,
    /** The platform was opened to read only. */
    READ_ONLY,
    /** The store was written by a newer version of the platform. */
    NEWER_LAYOUT,
    /** The store's log is damaged: its chain of digests does not hold. */
    BROKEN_CHAIN,
    /** The store holds another registry, or one that went another way since it was copied. */
    OTHER_REGISTRY,
    /** This host knows a registry at this address, and the store has none. */
    REGISTRY_MISSING,
    /** A stored object does not have the bytes that its name promises. */
    CORRUPT_BLOB,
    /** It is not known whether the change was committed. */
    COMMIT_STATE_UNKNOWN,
    /** The clock of this host shows a time that cannot be right. */
    CLOCK_WRONG,

    // stores
    /** No store for this address is on the class path, or several claim it. */
    NO_STORE,
    /** The store cannot be reached or failed. */
    STORE_UNAVAILABLE,
    /** The store has no room left. */
    STORE_FULL,
    /** The store does not let this process write. */
    STORE_READ_ONLY,
    /** The store does not let this process in: its credentials are missing, wrong, expired or not enough. */
    STORE_DENIED,
    /** The store cannot do what the platform needs of it. */
    STORE_UNFIT,

    // use
    /** A setting has a value it may not have. */
    BAD_SETTING;

    /** Returns the code as it appears in documents and answers: lower case, with hyphens. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
