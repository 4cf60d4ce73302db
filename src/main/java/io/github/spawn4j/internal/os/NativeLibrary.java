// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
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
import java.util.Optional;

/**
 * Finds and loads the native half, once. Thread-safe.
 *
 * <p>It lies in the jar. A library can only be loaded from a file, so it is copied to a directory
 * of its own, which nobody else may enter, loaded and deleted at once: nothing stays behind,
 * whatever becomes of the JVM. That directory is made in the first of these that can hold and
 * execute a file: the property {@code io.github.spawn4j.workdir} (then no other), {@code
 * java.io.tmpdir}, {@code /dev/shm}, the user's cache directory. The property {@code
 * io.github.spawn4j.library} names a library file to load instead.
 *
 * <p>Where somebody has given our classes another package, as tools do that put several libraries
 * into one jar, these names begin with that package, and the library is told of it.
 */
public final class NativeLibrary {
    /*
     * What keeps it from being loaded may pass: a full file system, a limit on descriptors. But a
     * class whose static initializer has thrown is lost for ever. So the initializers of the classes
     * with native methods only try, and what a caller needs first insists.
     */
    private static final Log LOG = Log.of(NativeLibrary.class);
    static final String LIBRARY = "io.github.spawn4j.library";
    static final String WORKDIR = "io.github.spawn4j.workdir";

    /**
     * The package that native functions are named after. Whatever relocates classes rewrites text
     * that begins with the name of a package, but not this.
     */
    private static final String KNOWN_TO_C = "io_github_spawn4j_internal_os";

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

    /**
     * Loads it if that has not been done yet, and says why that cannot be done.
     *
     * @return empty once it is loaded; the message of the error is for the user to read
     */
    public static Optional<UnsatisfiedLinkError> failure() {
        try {
            require();
            return Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            return Optional.of(e);
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
        String named = System.getProperty(LIBRARY);
        if (named != null && !isRelocated()) {
            loadNamed(Path.of(named).toAbsolutePath());
            return;
        }
        String resource = resource(architecture());
        if (!System.getProperty("os.name").equals("Linux")) {
            throw LoadFailure.missing(resource);
        }
        LoadFailure failure = null;
        for (Path directory : directories()) {
            try {
                loadCopy(named, resource, directory);
                return;
            } catch (IOException | UnsatisfiedLinkError | IllegalCallerException e) {
                LOG.debug("native library not loaded from {}", directory, e);
                failure = failure == null ? new LoadFailure() : failure;
                failure.add(directory, e);
            }
        }
        throw named == null && NativeLibrary.class.getResource(resource) == null
                ? LoadFailure.missing(resource)
                : failure.error();
    }

    private static void loadNamed(Path file) {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError | IllegalCallerException e) {
            LoadFailure failure = new LoadFailure();
            failure.add(file, e);
            throw failure.error();
        }
    }

    /** Of the file {@code named}, or of the resource if that is null. */
    private static void loadCopy(String named, String resource, Path directory) throws IOException {
        try (InputStream library =
                named == null
                        ? NativeLibrary.class.getResourceAsStream(resource)
                        : new FileInputStream(named)) {
            if (library == null) {
                throw new FileNotFoundException(resource);
            }
            Files.createDirectories(directory);
            Path own = createOwn(directory);
            try {
                loadFrom(own.resolve(fileName()), library);
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

    /** Whether somebody has given our classes another package. */
    private static boolean isRelocated() {
        return !NativeLibrary.class.getPackageName().replace('.', '_').equals(KNOWN_TO_C);
    }

    /** Tells the library where its classes are (native/src/relocated.h). */
    private static String fileName() {
        return isRelocated()
                ? "libspawn4j@" + NativeLibrary.class.getPackageName() + ".so"
                : "libspawn4j.so";
    }

    /**
     * Where the jar has it, for glibc and musl alike: beside this class, so that of two versions in
     * one jar, under different packages, each finds its own.
     */
    static String resource(String architecture) {
        return "linux-" + architecture + "/libspawn4j.so";
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
