package io.maas.backend.djl;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A host that loads the platform in a class loader of its own, uses it, closes it and throws the loader away, again and again, as
 * servers do when they deploy. The engines' jars are in the host's loader: what the JVM loads natively, it loads for one
 * loader at a time.
 */
final class Reload {
    private static final int SETTLED = 10;
    private static final long MOST_GROWTH_KB = 24 << 10;

    private Reload() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        String[] classPath = System.getProperty("java.class.path").split(File.pathSeparator);
        if (arguments[0].equals("engines-too")) {
            round(urls(classPath), ClassLoader.getPlatformClassLoader(), folder);
            round(urls(classPath), ClassLoader.getPlatformClassLoader(), folder);
            return;
        }
        // what is a jar and not ours is the host's; reactor builds have ours as folders
        URL[] theirs =
                urls(Arrays.stream(classPath).filter(entry -> !isOurs(entry)).toArray(String[]::new));
        URL[] ours = urls(Arrays.stream(classPath).filter(Reload::isOurs).toArray(String[]::new));
        try (URLClassLoader host = new URLClassLoader(theirs, ClassLoader.getPlatformClassLoader())) {
            repeat(Integer.parseInt(arguments[0]), ours, host, folder);
        }
    }

    private static boolean isOurs(String entry) {
        return !entry.endsWith(".jar")
                || Path.of(entry).getFileName().toString().startsWith("maas-");
    }

    private static URL[] urls(String[] entries) throws IOException {
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = Path.of(entries[i]).toUri().toURL();
        }
        return urls;
    }

    private static void repeat(int rounds, URL[] ours, ClassLoader host, Path folder) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        long settledKb = 0;
        long settledThreads = 0;
        for (int i = 0; i < rounds; i++) {
            loaders.add(round(ours, host, folder));
            System.gc();
            if (i == SETTLED) {
                settledKb = status("VmRSS");
                settledThreads = status("Threads");
            }
        }
        long grownKb = status("VmRSS") - settledKb;
        long moreThreads = status("Threads") - settledThreads;
        long alive = loaders.stream().filter(loader -> loader.get() != null).count();
        String found = "grown by " + grownKb + " KB and " + moreThreads + " threads, " + alive + " loaders alive";
        System.out.println(grownKb < MOST_GROWTH_KB && moreThreads <= 1 && alive <= 2 ? found + ": flat" : found);
    }

    private static WeakReference<ClassLoader> round(URL[] ours, ClassLoader parent, Path folder) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(ours, parent)) {
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass("io.maas.backend.djl.ReloadRound")
                    .getMethod("run", Path.class)
                    .invoke(null, folder);
            return new WeakReference<>(loader);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static long status(String what) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(what + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
