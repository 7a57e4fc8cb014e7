package io.maas.internal.serving;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.internal.schedule.Device;
import io.maas.internal.schedule.Limits;
import io.maas.model.Manifest;
import io.maas.monitor.DeviceStats;
import io.maas.spi.Backend;
import io.maas.spi.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;

/** The devices of this host, each with what waits for it, and which model goes where. Thread-safe. */
final class Devices implements AutoCloseable {
    /** One run computes while the next one's inputs are on their way. */
    private static final int RUNS_ON_A_GPU = 2;

    private static final String CPU = "cpu";
    private static final String AUTO = "auto";

    private final String wanted;
    private final int cores;
    private final Limits limits;
    private final ScheduledExecutorService timer;
    private final TreeMap<String, Device> devices = new TreeMap<>();

    /**
     * Creates them; they start when something is placed on them.
     *
     * @param wanted where models go: {@code auto} for where their packages ask to, else the name of a device
     * @param cores how many cores models may use
     */
    Devices(String wanted, int cores, Limits limits, ScheduledExecutorService timer) {
        this.wanted = wanted;
        this.cores = cores;
        this.limits = limits;
        this.timer = timer;
    }

    /** Where a model runs, and with what. */
    record Place(Device device, Placement placement) {
        /** The most runs that fit on the device at once. */
        int runs() {
            return Math.max(1, device.capacity() / units());
        }

        /** What one run takes of it. */
        int units() {
            return placement.device().equals(CPU) ? Math.min(placement.threads(), device.capacity()) : 1;
        }
    }

    /**
     * Chooses a device: what the host says, else the first of those that the package wants and the engine has.
     *
     * @throws InvalidInputException {@link ErrorCode#PACKAGE_REQUIRES} if there is none
     */
    Place place(Manifest manifest, Backend backend) {
        List<String> there = backend.devices();
        String name = choose(manifest.runtime().devices(), there)
                .orElseThrow(() -> new InvalidInputException(
                        ErrorCode.PACKAGE_REQUIRES,
                        "place the model of " + manifest.name(),
                        "it is to run on "
                                + (wanted.equals(AUTO) ? manifest.runtime().devices() : "'" + wanted + "'") + " and "
                                + backend.engine() + " has " + there + " here",
                        "use another device, or the engine's library for this one; see docs/gpu.md"));
        int threads = Math.min(cores, manifest.runtime().threads().orElse(1));
        return new Place(device(name), new Placement(name, name.equals(CPU) ? threads : 1));
    }

    private Optional<String> choose(List<String> preferred, List<String> there) {
        List<String> wishes = wanted.equals(AUTO) ? new ArrayList<>(preferred) : List.of(wanted);
        if (wishes.isEmpty() || wishes.contains(AUTO)) {
            return there.stream().findFirst();
        }
        return wishes.stream()
                .map(wish -> wish.replaceFirst("^cuda", "gpu"))
                .flatMap(wish -> there.stream().filter(name -> name.equals(wish) || name.startsWith(wish + ":")))
                .findFirst();
    }

    private synchronized Device device(String name) {
        return devices.computeIfAbsent(
                name, n -> new Device(n, n.equals(CPU) ? cores : RUNS_ON_A_GPU, limits, timer, System::nanoTime));
    }

    /** Returns the devices that nothing can be run on any more, for as long as the process lives. */
    synchronized List<String> lost() {
        return devices.values().stream()
                .filter(device -> !device.isUsable())
                .map(Device::name)
                .toList();
    }

    synchronized List<DeviceStats> stats() {
        return devices.values().stream().map(Devices::stats).toList();
    }

    private static DeviceStats stats(Device device) {
        Device.Load load = device.load();
        return new DeviceStats(
                device.name(),
                device.capacity(),
                load.busy(),
                load.waiting(),
                load.bytes(),
                Duration.ofNanos(load.waitNanos()));
    }

    @Override
    public synchronized void close() {
        devices.values().forEach(Device::close);
    }
}
