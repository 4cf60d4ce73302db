// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory that is deleted with all that is in it: on close, or when the JVM is ended before.
 */
public final class TemporaryDirectory implements AutoCloseable {
    private final Path path;
    private final Thread hook = new Thread(this::deleteAtExit, "delete temporary directory");

    public TemporaryDirectory() throws IOException {
        path = Files.createTempDirectory("spawn4j-tools").toRealPath();
        Runtime.getRuntime().addShutdownHook(hook);
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the JVM is ending, and the hook at work
        }
        delete();
    }

    private void delete() throws IOException {
        List<Path> paths;
        try (Stream<Path> found = Files.walk(path)) {
            paths = found.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
        }
        for (Path each : paths) {
            Files.delete(each);
        }
    }

    private void deleteAtExit() {
        try {
            delete();
        } catch (IOException e) {
            System.err.println("not deleted: " + path + ": " + e);
        }
    }
}
