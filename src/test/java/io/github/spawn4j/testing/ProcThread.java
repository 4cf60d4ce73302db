// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A thread of this JVM as /proc shows it.
 *
 * @param task its directory
 */
public record ProcThread(Path task) {
    public static List<ProcThread> all() throws IOException {
        List<ProcThread> threads = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            tasks.forEach(task -> threads.add(new ProcThread(task)));
        }
        return threads;
    }

    /** The name, as far as the kernel keeps it; empty if the thread has ended. */
    public String name() {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The system call that it waits in: its number and arguments; empty if there is none. */
    public String systemCall() {
        try {
            return Files.readString(task.resolve("syscall")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The pids of the processes that the thread has started; none if it has ended. */
    public List<Long> children() {
        Path children = task.resolve("children");
        assumeTrue(
                Files.exists(children) || Files.notExists(task), "a kernel without PROC_CHILDREN");
        try {
            return Stream.of(Files.readString(children).split(" "))
                    .filter(pid -> !pid.isBlank())
                    .map(Long::parseLong)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
