package io.maas;

import io.maas.error.DeniedException;
import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.NotFoundException;
import io.maas.error.UnavailableException;
import io.maas.internal.cache.BundleCache;
import io.maas.internal.registry.Local;
import io.maas.internal.registry.Registry;
import io.maas.internal.registry.RegistrySettings;
import io.maas.internal.schedule.Limits;
import io.maas.internal.serving.Draw;
import io.maas.internal.serving.Serving;
import io.maas.internal.serving.ServingSettings;
import io.maas.internal.serving.ServingSettings.Programs;
import io.maas.internal.serving.Threads;
import io.maas.internal.store.ReconnectingStore;
import io.maas.internal.store.Stores;
import io.maas.internal.store.Stores.Access;
import io.maas.model.ModelName;
import io.maas.model.Names;
import io.maas.predict.SwapPolicy;
import io.maas.repository.AuditQuery;
import io.maas.repository.PackageLimits;
import io.maas.spi.BackendProvider;
import io.maas.spi.ObjectStore;
import io.maas.spi.Pseudonyms;
import io.maas.spi.TransformProvider;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a platform is to be opened. A store is needed; everything else has a default that suits a service. Not thread-safe.
 */
public final class MaasBuilder {
    private static final int HOST = 200;
    private static final Pattern DEVICE = Pattern.compile("auto|cpu|gpu(:\\d{1,3})?");

    private @Nullable URI address;
    private @Nullable ObjectStore store;
    private String namespace = "default";
    private Access access = Access.WRITE;
    private String actor = Settings.user();
    private @Nullable Pseudonyms pseudonyms;
    private Clock clock = Clock.systemUTC();
    private RandomGenerator random = new SecureRandom();
    private @Nullable Path cache;
    private long cacheBytes = 20L << 30;
    private Duration pollInterval = Duration.ofSeconds(2);
    private Duration commitTimeout = Duration.ofSeconds(30);
    private PackageLimits limits = PackageLimits.standard();
    private long maxPositions = 1 << 17;
    private Local.Start start = Local.Start.STALE;
    private @Nullable String host;
    private int asyncThreads = Runtime.getRuntime().availableProcessors();
    private int cores = Runtime.getRuntime().availableProcessors();
    private String device = "auto";
    private long modelMemory = Long.MAX_VALUE;
    private SwapPolicy swaps = SwapPolicy.KEEP_SERVING;
    private boolean traced;
    private Limits queues = Limits.standard();
    private Draw draw = Draw.ofThreads();
    private Programs programs = Programs.SIGNED;
    private final List<BackendProvider> backends = new ArrayList<>();
    private final List<TransformProvider> transforms = new ArrayList<>();

    MaasBuilder() {}

    /** Keeps the registry in a folder, which is created. Needs {@code io.maas:maas-store-fs}. */
    public MaasBuilder store(Path folder) {
        return store(folder.toAbsolutePath().toUri());
    }

    /**
     * Keeps the registry at an address: {@code file:///folder}, {@code memory:scratch} (gone when the platform is closed), or
     * whatever the stores on the class path answer to.
     */
    public MaasBuilder store(URI where) {
        requireNoStore();
        address = where;
        return this;
    }

    /** Keeps the registry in a store that is open already. The platform closes it. */
    public MaasBuilder store(ObjectStore opened) {
        requireNoStore();
        store = opened;
        return this;
    }

    private void requireNoStore() {
        if (address != null || store != null) {
            throw bad("the store was set before, to " + (store == null ? address : store), "set it once");
        }
    }

    /** Keeps the registry under this prefix of the store. Default: {@code default}. */
    public MaasBuilder namespace(String name) {
        namespace = ModelName.of(name).value();
        return this;
    }

    /**
     * Refuses every change. Nothing is written to the store, not even to find out whether it can be, nor what this host does:
     * the others do not see it.
     */
    public MaasBuilder readOnly() {
        access = Access.READ;
        return this;
    }

    /** Says who makes the changes that name nobody. Default: the user of the process. */
    public MaasBuilder actor(String who) {
        actor = who;
        return this;
    }

    /**
     * Writes ids to the log instead of the names of actors, so that who they were can be erased later: in commits, approvals,
     * holds and the holders of policies. What is read back shows ids; {@link AuditQuery#by} finds either. Reasons, names of
     * models and keys, and what packages say are written as they are. Default: names are written.
     *
     * @param mapping shared by all who change the registry; it stays open when the platform is closed
     */
    public MaasBuilder pseudonyms(Pseudonyms mapping) {
        pseudonyms = mapping;
        return this;
    }

    /** Tells the time of commits. Default: the system's clock. */
    public MaasBuilder clock(Clock source) {
        clock = source;
        return this;
    }

    /** Makes keys and tokens, which must be unique. Default: secure. For tests. */
    public MaasBuilder random(RandomGenerator source) {
        random = source;
        return this;
    }

    /**
     * Keeps the files that engines load in this folder, which all processes of a host may share. Default: {@code maas} in
     * the user's cache folder.
     */
    public MaasBuilder cache(Path folder) {
        cache = folder;
        return this;
    }

    /** Keeps about this much in the cache that is not in use, in bytes. Default: 20 GiB. */
    public MaasBuilder cacheBytes(long bytes) {
        cacheBytes = atLeast("cacheBytes", bytes, 0);
        return this;
    }

    /**
     * Names this host in what it reports to the others; see {@link Status#hosts()}. Several platforms of one name count as
     * one that is restarted: the newest report is taken. Default: the name of the machine and the number of the process.
     */
    public MaasBuilder host(String name) {
        if (name.isBlank() || name.length() > HOST || name.chars().anyMatch(Character::isISOControl)) {
            throw bad(
                    "the name of the host has " + name.length() + " characters, '" + Names.shown(name) + "'",
                    "use 1 to " + HOST + " characters, no control characters among them");
        }
        host = name;
        return this;
    }

    /**
     * Refuses to open while the store cannot be reached. Default: a host that knows the registry from before serves it
     * from its cache, marked {@linkplain Status#stale() stale}, and follows the store as soon as that answers and has what the
     * host knows. A change that is asked for meanwhile asks the store once more, and is refused with {@link
     * UnavailableException} as soon as that has failed. Anything else that is wrong with a store is never covered up.
     */
    public MaasBuilder requireStore() {
        start = Local.Start.REFUSED;
        return this;
    }

    /**
     * Asks the store for commits of other processes this often, and tells the other hosts what this one does: when that
     * changes, and every 30 seconds. Default: 2 seconds; zero: never.
     */
    public MaasBuilder pollInterval(Duration interval) {
        atLeast("pollInterval", interval.toNanos(), 0);
        pollInterval = interval;
        return this;
    }

    /** Calls the outcome of a commit unknown if the store does not tell within this time. Default: 30 seconds. */
    public MaasBuilder commitTimeout(Duration timeout) {
        atLeast("commitTimeout", timeout.toNanos(), 1);
        commitTimeout = timeout;
        return this;
    }

    /** Limits the packages that are registered. */
    public MaasBuilder packageLimits(PackageLimits most) {
        limits = most;
        return this;
    }

    /**
     * Refuses calls with more positions along the free dimensions of one input, such as batch times length, since engines
     * allocate what a call asks for. Default: 131,072.
     */
    public MaasBuilder maxPositions(long most) {
        maxPositions = atLeast("maxPositions", most, 1);
        return this;
    }

    /**
     * Does what asynchronous calls need before the engine, such as tokenizing, on this many threads, and what they need after it on
     * as many others. Default: the number of processors.
     */
    public MaasBuilder asyncThreads(int most) {
        asyncThreads = (int) atLeast("asyncThreads", most, 1);
        return this;
    }

    /**
     * Lets models use this many cores at once: so many calls run at the same time, or fewer of models whose packages ask for
     * several threads. Default: the number of processors.
     */
    public MaasBuilder cores(int most) {
        cores = (int) atLeast("cores", most, 1);
        return this;
    }

    /**
     * Runs models on this device: {@code cpu}, {@code gpu}, {@code gpu:0}, or {@code auto} for the first of those that a package
     * names which is there, and for packages that name none the fastest that their engine has. Default: {@code auto}.
     */
    public MaasBuilder device(String name) {
        if (!DEVICE.matcher(name).matches()) {
            throw bad("there is no device '" + Names.shown(name) + "'", "use 'auto', 'cpu', 'gpu' or 'gpu:0'");
        }
        device = name;
        return this;
    }

    /**
     * Remembers where each call took hold of its model, and tells in the log of those that hold on to one for a minute after it was
     * replaced, or when the platform is closed. To look for calls that never end; it makes every call slower. Default: only that
     * a model is held is told.
     */
    public MaasBuilder traceLeases() {
        traced = true;
        return this;
    }

    /**
     * Lets models take this much native memory together, in bytes, as far as their packages and engines tell: what engines hold while
     * idle, which is little more than weights. Where a model needs room, those are put to rest that nobody calls, the one that was
     * called longest ago first; the next call loads them again, and waits for that. A version that is to take the place of
     * another needs room beside it while that is called; see {@link #swaps}. Default: no limit.
     */
    public MaasBuilder modelMemory(long bytes) {
        modelMemory = atLeast("modelMemory", bytes, 1);
        return this;
    }

    /**
     * Says what to do with a version that finds no room beside the one whose place it is to take. Default: {@link
     * SwapPolicy#KEEP_SERVING}.
     */
    public MaasBuilder swaps(SwapPolicy policy) {
        swaps = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Refuses calls at once that would have to wait longer than this for a device, as far as can be foretold; see {@link
     * io.maas.error.OverloadedException}. A call's own deadline does the same for that call. Default: 30 seconds.
     */
    public MaasBuilder maxWait(Duration most) {
        atLeast("maxWait", most.toNanos(), 1);
        queues = new Limits(most, queues.requests(), queues.bytes());
        return this;
    }

    /** Refuses calls while this many wait for a device, or as many asynchronous ones are under way. Default: 10,000. */
    public MaasBuilder maxWaiting(int most) {
        queues = new Limits(queues.longest(), (int) atLeast("maxWaiting", most, 1), queues.bytes());
        return this;
    }

    /** Refuses calls while inputs of this size wait for a device, in bytes. Default: 256 MiB. */
    public MaasBuilder maxWaitingBytes(long most) {
        queues = new Limits(queues.longest(), queues.requests(), atLeast("maxWaitingBytes", most, 1));
        return this;
    }

    /**
     * Draws from this source which version answers a call where several share an alias, and which calls a shadow gets a copy
     * of. It need not be thread-safe. Default: one that is cheap for many threads. For tests.
     */
    public MaasBuilder trafficRandom(RandomGenerator source) {
        draw = Draw.from(source);
        return this;
    }

    /**
     * Lets this host run TorchScript models that nobody trusted has signed. TorchScript is a program in a language of its own: it can
     * loop forever, take any amount of memory, and call every operator of PyTorch. Default: such a model is registered,
     * published and loaded only if its package is signed by a key that {@linkplain io.maas.repository.Governance#trust the
     * registry trusts}.
     */
    public MaasBuilder allowTorchScript() {
        programs = Programs.ANY;
        return this;
    }

    /** Uses this backend, and only those named here, rather than those on the class path. */
    public MaasBuilder backend(BackendProvider provider) {
        backends.add(provider);
        return this;
    }

    /** Uses this transform, and only those named here, rather than those on the class path. */
    public MaasBuilder transform(TransformProvider provider) {
        transforms.add(provider);
        return this;
    }

    private static long atLeast(String name, long value, long least) {
        if (value < least) {
            throw bad(name + " is " + value, "use " + least + " or more");
        }
        return value;
    }

    private static InvalidInputException bad(String why, String remedy) {
        return new InvalidInputException(ErrorCode.BAD_SETTING, "open the platform", why, remedy);
    }

    /**
     * Opens the platform.
     *
     * @throws InvalidInputException if a setting is wrong, no store on the class path answers to the address, or the
     *     store is damaged or of a newer layout
     * @throws NotFoundException if it is opened to read only and there is nothing, or {@link
     *     ErrorCode#REGISTRY_MISSING} if this host knows a registry of the address and the store has none
     * @throws DeniedException if this process may not write to the store
     * @throws UnavailableException if the store cannot be used, and this host knows nothing of it; see {@link
     *     #requireStore()}
     */
    public Maas open() {
        if (address == null && store == null) {
            throw bad("no store was set", "call store(…) first");
        }
        Path cacheRoot = cache != null ? cache : Settings.cacheFolder();
        Optional<Path> known = Local.stateFolder(cacheRoot, storeName(), namespace);
        ObjectStore opened = store != null ? store : openStore(Objects.requireNonNull(address), known);
        BundleCache files = null;
        Registry registry = null;
        try {
            files = new BundleCache(cacheRoot, cacheBytes, clock, random);
            RegistrySettings settings = new RegistrySettings(
                    opened,
                    namespace,
                    access == Access.READ,
                    actor,
                    clock,
                    random,
                    new SystemPauses(),
                    commitTimeout,
                    limits,
                    new Local(known, files.copies(), start),
                    Optional.ofNullable(pseudonyms));
            registry = Registry.open(settings);
            Threads threads = new Threads(asyncThreads, queues);
            Serving serving = new Serving(
                    registry,
                    files,
                    threads,
                    backends,
                    transforms,
                    new ServingSettings(
                            device, cores, queues, maxPositions, clock, draw, modelMemory, swaps, traced, programs));
            String name = host != null ? host : Settings.hostName();
            HostStanding standing = new HostStanding(settings, registry, serving, threads, name);
            return new Maas(opened, registry, files, threads, serving, standing, pollInterval);
        } catch (RuntimeException | Error e) {
            closeAll(registry, files, opened);
            throw e;
        }
    }

    private String storeName() {
        return store != null ? store.toString() : String.valueOf(address);
    }

    private ObjectStore openStore(URI where, Optional<Path> known) {
        try {
            return Stores.open(where, access);
        } catch (UnavailableException e) {
            boolean knows = known.filter(Files::isDirectory).isPresent();
            if (e.code() != ErrorCode.STORE_UNAVAILABLE || start == Local.Start.REFUSED || !knows) {
                throw e;
            }
            return new ReconnectingStore(where.toString(), () -> Stores.open(where, access), System::nanoTime, e);
        }
    }

    private static void closeAll(@Nullable Registry registry, @Nullable BundleCache files, ObjectStore opened) {
        if (registry != null) {
            registry.close();
        }
        if (files != null) {
            files.close();
        }
        opened.close();
    }
}
