// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.internal.launch.OpenFlags;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A file or directory that the JVM has open, and the number of its descriptor. */
public final class OpenFile implements Closeable {
    private static final Path OWN = Path.of("/proc/self/fd");

    private final Path path;
    private final Closeable opened;
    private final int number;

    private OpenFile(Path path, Closeable opened, int number) {
        this.path = path;
        this.opened = opened;
        this.number = number;
    }

    /** Opens a file for reading and writing, as the JDK does: without close-on-exec. */
    public static OpenFile file(Path path) throws IOException {
        return file(path, "rw");
    }

    public static OpenFile file(Path path, String mode) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), mode);
        return new OpenFile(path, file, numberOf(path));
    }

    /** Opens new files; the whole of them is to be closed. */
    public static List<OpenFile> files(Path directory, int count) throws IOException {
        List<RandomAccessFile> opened = new ArrayList<>();
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path path = directory.resolve("open-" + i);
            opened.add(new RandomAccessFile(path.toFile(), "rw"));
            paths.add(path);
        }
        SortedMap<Integer, String> numbers = descriptors();
        List<OpenFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path path = paths.get(i);
            files.add(new OpenFile(path, opened.get(i), numberOf(path, numbers)));
        }
        return files;
    }

    public static void closeAll(List<OpenFile> files) throws IOException {
        for (OpenFile file : files) {
            file.close();
        }
    }

    public static OpenFile directory(Path path) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(path);
        return new OpenFile(path, stream, numberOf(path));
    }

    public int number() {
        return number;
    }

    public Path path() {
        return path;
    }

    /** What /proc says of the descriptor, here as well as in a child. */
    public String target() throws IOException {
        return path.toRealPath().toString();
    }

    public RandomAccessFile content() {
        return (RandomAccessFile) opened;
    }

    @Override
    public void close() throws IOException {
        opened.close();
    }

    private static int numberOf(Path path) throws IOException {
        return numberOf(path, descriptors());
    }

    private static int numberOf(Path path, SortedMap<Integer, String> descriptors)
            throws IOException {
        String target = path.toRealPath().toString();
        for (var entry : descriptors.entrySet()) {
            if (entry.getValue().equals(target)) {
                return entry.getKey();
            }
        }
        throw new AssertionError("no descriptor leads to " + path);
    }

    /** All descriptors of the JVM, and where they lead. */
    public static SortedMap<Integer, String> descriptors() throws IOException {
        SortedMap<Integer, String> descriptors = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(OWN)) {
            for (Path entry : entries) {
                try {
                    descriptors.put(
                            Integer.valueOf(entry.getFileName().toString()),
                            Files.readSymbolicLink(entry).toString());
                } catch (IOException e) {
                    continue; // closed meanwhile, or the listing's own
                }
            }
        }
        descriptors.values().removeIf(target -> target.matches("/proc/\\d+/fd"));
        return descriptors;
    }

    /** A file that the JVM has open at a number which the library may have for its slots. */
    public static Map.Entry<Integer, String> anyLow() throws IOException {
        return descriptors().subMap(3, 63).entrySet().stream()
                .filter(entry -> entry.getValue().startsWith("/"))
                .filter(entry -> !entry.getValue().startsWith("/dev"))
                .filter(entry -> !entry.getValue().startsWith("/memfd"))
                .findFirst()
                .orElseThrow();
    }

    /** A number that is not open in the JVM; the highest below the usual limits. */
    public static int unusedNumber() {
        try {
            int number = 987;
            assertThat(descriptors()).doesNotContainKey(number);
            return number;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether exec keeps the descriptor open. */
    public boolean survivesExec() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + number))) {
            if (line.startsWith("flags:")) {
                return (Integer.parseInt(line.substring(6).trim(), 8) & OpenFlags.CLOEXEC) == 0;
            }
        }
        throw new AssertionError("no flags in fdinfo of " + number);
    }
}
