package io.maas.store.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;

/** The local disk, with system calls that fail as they are told to, and a record of those that were made. */
@NullMarked
final class FaultyDisk implements Disk {
    /** A system call. */
    enum Call {
        CREATE_FILE,
        WRITE,
        CREATE_FOLDER,
        OPEN_FOLDER,
        FORCE_FILE,
        FORCE_FOLDER,
        LINK,
        REPLACE,
        DELETE,
        VOLUME
    }

    /** What happens instead of a system call, or before it. */
    @FunctionalInterface
    interface Fault {
        void strike() throws IOException;
    }

    private final Disk disk = new LocalDisk();
    private final Map<Call, Fault> before = new EnumMap<>(Call.class);
    private final Map<Call, Fault> after = new EnumMap<>(Call.class);
    private final List<String> calls = new ArrayList<>();
    private Optional<Volume> volume = Optional.empty();
    private boolean replacesLinks;

    /** Makes every such call fail from now on, with an error as the kernel words it. */
    FaultyDisk fail(Call call, String error) {
        return before(call, () -> {
            throw new IOException(error);
        });
    }

    FaultyDisk before(Call call, Fault fault) {
        before.put(call, fault);
        return this;
    }

    FaultyDisk after(Call call, Fault fault) {
        after.put(call, fault);
        return this;
    }

    FaultyDisk on(Volume fake) {
        volume = Optional.of(fake);
        return this;
    }

    /** Behaves like a filesystem that gives a name anew instead of refusing it. */
    FaultyDisk replacingLinks() {
        replacesLinks = true;
        return this;
    }

    void heal() {
        before.clear();
        after.clear();
        volume = Optional.empty();
    }

    /** Returns the calls so far, such as {@code LINK 1}: the kind and the last name of the path. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    void forgetCalls() {
        calls.clear();
    }

    @Override
    public FileChannel createFile(Path file) throws IOException {
        strike(before, Call.CREATE_FILE, file);
        return disk.createFile(file);
    }

    @Override
    public void write(FileChannel file, ByteBuffer bytes) throws IOException {
        strike(before, Call.WRITE, Path.of("-"));
        disk.write(file, bytes);
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        strike(before, Call.CREATE_FOLDER, folder);
        disk.createFolder(folder);
    }

    @Override
    public Optional<FileChannel> openFolder(Path folder) throws IOException {
        strike(before, Call.OPEN_FOLDER, folder);
        return disk.openFolder(folder);
    }

    @Override
    public void force(FileChannel opened, Path path) throws IOException {
        strike(before, path.toFile().isDirectory() ? Call.FORCE_FOLDER : Call.FORCE_FILE, path);
        disk.force(opened, path);
    }

    @Override
    public void link(Path link, Path file) throws IOException {
        strike(before, Call.LINK, link);
        if (replacesLinks) {
            Files.deleteIfExists(link);
        }
        disk.link(link, file);
        strike(after, Call.LINK, link);
    }

    @Override
    public void replace(Path target, Path file) throws IOException {
        strike(before, Call.REPLACE, target);
        disk.replace(target, file);
    }

    @Override
    public void delete(Path file) throws IOException {
        strike(before, Call.DELETE, file);
        disk.delete(file);
    }

    @Override
    public Volume volume(Path folder) throws IOException {
        strike(before, Call.VOLUME, folder);
        return volume.isPresent() ? volume.get() : disk.volume(folder);
    }

    private void strike(Map<Call, Fault> faults, Call call, Path path) throws IOException {
        if (faults == before) {
            String name = String.valueOf(path.getFileName());
            calls.add(call + " " + (name.startsWith(".tmp-") ? "temporary" : name));
        }
        Fault fault = faults.get(call);
        if (fault != null) {
            fault.strike();
        }
    }
}
