// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.control.Cgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A cgroup (version 2) of a test's own, which root can make where one is mounted. */
public final class TestCgroup implements AutoCloseable {
    private static final int NOBODY = 65534;

    private final Deque<Path> made = new ArrayDeque<>();

    /** Makes one, or skips the test. */
    public TestCgroup() throws IOException {
        assumeTrue(LibC.isRoot(), "making a cgroup needs root");
        make(mount().resolve("spawn4j-test-" + ProcessHandle.current().pid()));
    }

    /** A cgroup of the public kind, or the test is skipped. */
    public static Cgroup own() throws IOException {
        assumeTrue(LibC.isRoot(), "making a cgroup needs root");
        mount();
        return Cgroup.create();
    }

    /** The same with a controller that can be set. */
    public static Cgroup with(String controller) throws IOException {
        assumeTrue(LibC.isRoot(), "making a cgroup needs root");
        assumeTrue(
                has(controller),
                "cgroup2 has no controller " + controller + " here; one of version 1 has it");
        return Cgroup.create();
    }

    /** Whether the root of the tree has a controller. */
    public static boolean has(String controller) throws IOException {
        return controllers(mount()).contains(controller);
    }

    private static List<String> controllers(Path directory) throws IOException {
        return List.of(
                Files.readString(directory.resolve("cgroup.controllers")).strip().split(" "));
    }

    /**
     * A controller that keeps processes out of a cgroup that hands it on, handed on to one; without
     * any the test is skipped.
     */
    public static String domainController(Cgroup cgroup) throws IOException {
        Path parent = cgroup.directory().getParent();
        for (String controller : List.of("memory", "io", "hugetlb")) {
            if (controllers(parent).contains(controller)) {
                Files.writeString(parent.resolve("cgroup.subtree_control"), "+" + controller);
                return controller;
            }
        }
        return abort("no controller that is for whole processes");
    }

    /** Gives a cgroup to nobody, as systemd would. */
    public static void delegate(Path directory) throws IOException {
        for (String file : List.of("", "cgroup.procs", "cgroup.subtree_control")) {
            Files.setAttribute(directory.resolve(file), "unix:uid", NOBODY);
        }
    }

    /** Else who needs more is only made slow. */
    public static void withoutSwap(Cgroup cgroup) throws IOException {
        if (Files.exists(cgroup.directory().resolve("memory.swap.max"))) {
            cgroup.swapMax(0);
        }
    }

    /** Whether there can be one here. */
    public static boolean canBeMade() throws IOException {
        return LibC.isRoot() && findMount().isPresent();
    }

    /** Where the file system is mounted; without one the test is skipped. */
    public static Path mount() throws IOException {
        Optional<Path> mount = findMount();
        assumeTrue(mount.isPresent(), "no cgroup2 file system is mounted");
        return mount.get();
    }

    private static Optional<Path> findMount() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1]))
                .findFirst();
    }

    private Path make(Path directory) throws IOException {
        made.push(Files.createDirectory(directory));
        return directory;
    }

    public Path directory() {
        return made.getLast();
    }

    /** Makes a cgroup below. */
    public Path below(String name) throws IOException {
        return make(directory().resolve(name));
    }

    /** Removes them, which fails while somebody is in them. */
    @Override
    public void close() throws IOException {
        for (Path directory : made) {
            Files.deleteIfExists(directory);
        }
    }
}
