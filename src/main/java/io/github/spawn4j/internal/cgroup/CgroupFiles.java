// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/** The files of one cgroup (version 2). Immutable. */
public final class CgroupFiles {
    private final Path directory;

    public CgroupFiles(Path directory) {
        this.directory = directory;
    }

    /** Whether the cgroup has this file, which its controllers and the kernel's version decide. */
    public boolean has(String file) {
        return Files.exists(directory.resolve(file));
    }

    /**
     * Makes sure that the cgroup is there, as the methods below take a file for one that its kernel
     * does not have.
     *
     * @throws IOException if it has been removed
     */
    public void require() throws IOException {
        read("cgroup.controllers");
    }

    /** What stands in a file. */
    public String read(String file) throws IOException {
        return Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1);
    }

    /** Opens a file for reading; null where that cannot be done. */
    RandomAccessFile open(String file) {
        try {
            return new RandomAccessFile(directory.resolve(file).toFile(), "r");
        } catch (FileNotFoundException e) {
            return null; // or there is no descriptor
        }
    }

    /** Writes a file, which must be there. */
    public void write(String file, String value) throws IOException {
        Files.write(
                directory.resolve(file),
                value.getBytes(StandardCharsets.ISO_8859_1),
                StandardOpenOption.WRITE);
    }

    /** The number that a file holds; empty where there is no such file, or no limit. */
    public OptionalLong number(String file) throws IOException {
        if (!has(file)) {
            return OptionalLong.empty();
        }
        String text = read(file).strip();
        return text.equals("max") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    /** The number behind a key in a file of lines; empty where there is no such file or key. */
    public OptionalLong number(String file, String key) throws IOException {
        if (!has(file)) {
            return OptionalLong.empty();
        }
        return numberIn(read(file), key);
    }

    /** The same in its text. */
    static OptionalLong numberIn(String text, String key) {
        for (String line : text.split("\n", 0)) {
            if (line.startsWith(key + " ")) {
                return OptionalLong.of(Long.parseLong(line.substring(key.length() + 1)));
            }
        }
        return OptionalLong.empty();
    }

    /** The sum of what stands behind {@code key=} in a file; empty where there is no such file. */
    public OptionalLong sum(String file, String key) throws IOException {
        if (!has(file)) {
            return OptionalLong.empty();
        }
        long sum = 0;
        for (String field : read(file).split("\\s+", 0)) {
            if (field.startsWith(key + "=")) {
                sum += Long.parseLong(field.substring(key.length() + 1));
            }
        }
        return OptionalLong.of(sum);
    }

    /** Whether a file of words has this one. */
    public boolean lists(String file, String word) throws IOException {
        return (" " + read(file).strip() + " ").contains(" " + word + " ");
    }
}
