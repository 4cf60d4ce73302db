package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds and loads the native half, once.
 *
 * <p>It lies in the jar. A library can only be loaded from a file, so it is copied to a directory,
 * loaded and deleted at once: nothing stays behind, whatever becomes of the JVM. The directory is
 * the first of these that can hold and execute a file: the property {@code
 * io.github.spawn4j.workdir} (then no other), {@code java.io.tmpdir}, {@code /dev/shm}, the user's
 * cache directory. The property {@code io.github.spawn4j.library} names a library file to load
 * instead.
 */
final class NativeLibrary {
    private static final Log LOG = new Log(NativeLibrary.class);
    private static final String LIBRARY = "io.github.spawn4j.library";
    private static final String WORKDIR = "io.github.spawn4j.workdir";

    private NativeLibrary() {}

    private static volatile boolean loaded;

    /**
     * Called by the static initializer of each class with native methods. Never throws: a class
     * that has failed to initialize does so for ever, but what keeps the library from being loaded
     * may pass.
     */
    static void load() {
        try {
            require();
        } catch (Throwable e) {
            LOG.debug("the native library is not loaded yet, by {}", Thread.currentThread(), e);
        }
    }

    /**
     * Loads the library, if that has not been done. Called by whatever users call first, so that
     * they learn why it cannot be loaded.
     *
     * @throws UnsatisfiedLinkError if it cannot be; the next call tries again
     */
    static void require() {
        if (!loaded) {
            requireOnce();
        }
    }

    private static synchronized void requireOnce() {
        if (!loaded) {
            loadOnce();
            loaded = true;
        }
    }

    private static void loadOnce() {
        String file = System.getProperty(LIBRARY);
        if (file != null) {
            System.load(Path.of(file).toAbsolutePath().toString());
            return;
        }
        String resource = "/META-INF/native/linux-" + architecture() + "/libspawn4j.so";
        UnsatisfiedLinkError error =
                new UnsatisfiedLinkError("cannot load spawn4j's native library " + resource);
        for (Path directory : directories()) {
            try {
                loadCopy(resource, directory);
                return;
            } catch (IOException | UnsatisfiedLinkError e) {
                LOG.debug("native library not loaded from {}", directory, e);
                error.addSuppressed(e);
            }
        }
        throw error;
    }

    private static void loadCopy(String resource, Path directory) throws IOException {
        try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new IOException(
                        "this jar has no library for "
                                + System.getProperty("os.name")
                                + " on "
                                + architecture());
            }
            Files.createDirectories(directory);
            Path copy = Files.createTempFile(directory, "libspawn4j", ".so");
            try {
                Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
                System.load(copy.toAbsolutePath().toString());
            } finally {
                Files.delete(copy);
            }
        }
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static List<Path> directories() {
        String chosen = System.getProperty(WORKDIR);
        if (chosen != null) {
            return List.of(Path.of(chosen));
        }
        List<Path> directories = new ArrayList<>();
        directories.add(Path.of(System.getProperty("java.io.tmpdir")));
        directories.add(Path.of("/dev/shm"));
        directories.add(Path.of(System.getProperty("user.home"), ".cache", "spawn4j"));
        return directories;
    }
}
