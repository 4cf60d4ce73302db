package io.github.spawn4j.internal.os;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Finds and loads the native half, once. Thread-safe.
 *
 * <p>It lies in the jar. A library can only be loaded from a file, so it is copied to a directory
 * of its own, which nobody else may enter, loaded and deleted at once: nothing stays behind,
 * whatever becomes of the JVM. That directory is made in the first of these that can hold and
 * execute a file: the property {@code io.github.spawn4j.workdir} (then no other), {@code
 * java.io.tmpdir}, {@code /dev/shm}, the user's cache directory. The property {@code
 * io.github.spawn4j.library} names a library file to load instead.
 */
final class NativeLibrary {
    /*
     * What keeps it from being loaded may pass: a full file system, a limit on descriptors. But a
     * class whose static initializer has thrown is lost for ever. So the initializers of the classes
     * with native methods only try, and what a caller needs first insists.
     */
    private static final Log LOG = Log.of(NativeLibrary.class);
    private static final String LIBRARY = "io.github.spawn4j.library";
    private static final String WORKDIR = "io.github.spawn4j.workdir";

    /** How many names for a directory of our own are tried. */
    private static final int MOST_ATTEMPTS = 1000;

    private static volatile boolean ready;

    /** Whether its methods can be called. Changed under the lock of the class. */
    private static volatile boolean loaded;

    private NativeLibrary() {}

    /**
     * Tries to load it: called by the static initializer of each class with native methods, and
     * throws nothing.
     */
    static void load() {
        try {
            require();
        } catch (Throwable e) {
            // The caller of a native method is told, and can try again.
        }
    }

    /** Whether its methods can be called. */
    static boolean isLoaded() {
        return loaded;
    }

    /**
     * Loads it if that has not been done yet.
     *
     * @throws UnsatisfiedLinkError if it cannot be loaded; the next call tries again
     */
    static void require() {
        if (!ready) {
            loadOnce();
        }
    }

    private static synchronized void loadOnce() {
        if (!loaded) {
            FirstUse.prepare(FirstUse.LIBRARY);
            loadFromSomewhere();
            loaded = true;
        }
        if (!ready) {
            ready = Slots.share();
        }
    }

    private static void loadFromSomewhere() {
        String file = System.getProperty(LIBRARY);
        if (file != null) {
            System.load(Path.of(file).toAbsolutePath().toString());
            return;
        }
        if (!NativeHalf.isLinux()) {
            throw new UnsatisfiedLinkError(
                    "spawn4j's native library is for Linux, and this is "
                            + System.getProperty("os.name"));
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
            Path own = createOwn(directory);
            try {
                loadFrom(own.resolve("libspawn4j.so"), library);
            } finally {
                Files.delete(own);
            }
        }
    }

    private static void loadFrom(Path copy, InputStream library) throws IOException {
        try {
            try (OutputStream out = new FileOutputStream(copy.toFile())) {
                library.transferTo(out);
            }
            System.load(copy.toAbsolutePath().toString());
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    /**
     * A new directory that nobody else may enter.
     *
     * <p>Its name need be no secret: a file, directory or link that is there already only makes us
     * take the next. {@link Files#createTempDirectory} takes one from a secure generator of random
     * numbers, which would be a third of what the first start of a process costs.
     */
    static Path createOwn(Path directory) throws IOException {
        FileAttribute<?> owner =
                PosixFilePermissions.asFileAttribute(
                        EnumSet.of(
                                PosixFilePermission.OWNER_READ,
                                PosixFilePermission.OWNER_WRITE,
                                PosixFilePermission.OWNER_EXECUTE));
        for (int attempts = 1; ; attempts++) {
            Path own = directory.resolve("spawn4j-" + Long.toHexString(System.nanoTime()));
            try {
                return Files.createDirectory(own, owner);
            } catch (FileAlreadyExistsException e) {
                if (attempts == MOST_ATTEMPTS) {
                    throw e;
                }
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
