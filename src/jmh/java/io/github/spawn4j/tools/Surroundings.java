// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.internal.cgroup.CgroupPlace;
import io.github.spawn4j.internal.os.Confinement;
import io.github.spawn4j.internal.os.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Where we run: kernel, C library, JVM, and what the container has set up. */
final class Surroundings {
    private static final Path SELF = Path.of("/proc/self");
    private static final String UNLIMITED = "unlimited";
    private static final String WITHOUT_PROC = "scripts cannot be executed by descriptor";

    private Surroundings() {}

    static Table table() throws IOException {
        Table table =
                new Table("ll")
                        .row("kernel", property("os.version") + " " + property("os.arch"))
                        .row("C library", libc())
                        .row("JVM", property("java.vm.name") + " " + property("java.vm.version"));
        if (!Files.exists(SELF)) {
            return WarmSurroundings.addTo(
                    table.row("/proc", "not mounted, or another pid namespace's: " + WITHOUT_PROC)
                            .row("deny-write", denyWrite()));
        }
        table.row("/proc", "mounted")
                .row("open files", openFiles() + ", at most " + maxOpenFiles())
                .row("cgroup v2", cgroup())
                .row("cgroup of its own", ownCgroup())
                .row("confinement", confinement())
                .row("seccomp", seccomp(status("Seccomp")))
                .row("no_new_privs", status("NoNewPrivs").equals("1") ? "set" : "not set")
                .row("deny-write", denyWrite());
        return WarmSurroundings.addTo(table);
    }

    /** What can be told without asking the kernel. */
    static Table ofJvm() {
        return new Table("ll")
                .row("system", property("os.name") + " " + property("os.version"))
                .row("architecture", property("os.arch"))
                .row("JVM", property("java.vm.name") + " " + property("java.vm.version"));
    }

    private static String property(String name) {
        return System.getProperty(name);
    }

    static String libc() {
        try {
            PidfdProcess getconf =
                    PidfdProcess.builder("getconf", "GNU_LIBC_VERSION")
                            .stdin(Redirect.DISCARD)
                            .stderr(Redirect.DISCARD)
                            .start();
            byte[] version = getconf.getInputStream().readAllBytes();
            return version.length == 0
                    ? "not glibc"
                    : new String(version, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown: " + e.getMessage();
        }
    }

    /** How many descriptors this process has open. */
    static long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(SELF.resolve("fd"))) {
            return descriptors.count();
        }
    }

    /** How many it may have; the JVM has raised the soft limit to the hard one. */
    static long maxOpenFiles() throws IOException {
        String limit =
                line(SELF.resolve("limits"), line -> line.startsWith("Max open files"))
                        .map(line -> line.split("\\s+")[3])
                        .orElse(UNLIMITED);
        return limit.equals(UNLIMITED) ? Long.MAX_VALUE : Long.parseLong(limit);
    }

    /** The memory that this process has resident now, in bytes; exact, unlike VmRSS. */
    static long residentMemory() throws IOException {
        return line(SELF.resolve("smaps_rollup"), line -> line.startsWith("Rss:"))
                        .map(line -> Long.parseLong(line.split("\\s+")[1]))
                        .orElse(0L)
                * 1024;
    }

    /** The memory that the machine can give to new processes, in bytes. */
    static long availableMemory() throws IOException {
        return line(Path.of("/proc/meminfo"), line -> line.startsWith("MemAvailable:"))
                        .map(line -> Long.parseLong(line.split("\\s+")[1]))
                        .orElse(Long.MAX_VALUE / 1024)
                * 1024;
    }

    /** The last processor that this process may use. */
    static int lastProcessor() throws IOException {
        String[] bounds = status("Cpus_allowed_list").split("[-,]"); // 0-1,4
        return Integer.parseInt(bounds[bounds.length - 1]);
    }

    private static String status(String key) throws IOException {
        return line(SELF.resolve("status"), line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .orElse("");
    }

    /** Tried, as what forbids it (a filter, a security module) does not say so elsewhere. */
    private static String denyWrite() {
        try (SpawnTemplate template = SpawnTemplate.builder("true").denyWrite().build()) {
            return "can be had (tried with a " + template + ")";
        } catch (IOException | UncheckedIOException e) {
            return "cannot be had: " + e.getMessage();
        }
    }

    private static String seccomp(String mode) {
        switch (mode) {
            case "0":
                return "none";
            case "1":
                return "strict";
            case "2":
                return "a filter";
            default:
                return "not in this kernel";
        }
    }

    private static String cgroup() {
        try {
            Path directory = CgroupPlace.own();
            boolean writable = Files.isWritable(directory.resolve("cgroup.procs"));
            return directory + (writable ? ", writable" : ", not writable");
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /** What a sandbox can be made of, besides cgroups. */
    private static String confinement() {
        Map<String, Long> mechanisms = new LinkedHashMap<>();
        mechanisms.put("Landlock", Confinement.LANDLOCK);
        mechanisms.put("mount namespaces", Confinement.MOUNT_NAMESPACE);
        mechanisms.put("network namespaces", Confinement.NETWORK_NAMESPACE);
        mechanisms.put("user namespaces", Confinement.USER_NAMESPACE);
        StringJoiner found = new StringJoiner(", ").setEmptyValue("none");
        mechanisms.forEach(
                (name, mechanism) -> {
                    if (Confinement.has(mechanism)) {
                        found.add(name);
                    }
                });
        return found.toString();
    }

    /** Tried, as well as a start in one that was killed, after which some kernels kill children. */
    private static String ownCgroup() {
        try (Cgroup cgroup = Cgroup.create()) {
            Path parent = cgroup.directory().getParent();
            String controllers = Files.readString(parent.resolve("cgroup.controllers")).strip();
            cgroup.kill();
            PidfdProcess.builder("true").cgroup(cgroup).inheritIO().start().onExit().join();
            return "can be had below "
                    + parent
                    + (controllers.isEmpty()
                            ? ", without limits"
                            : ", controllers there: " + controllers)
                    + (Kernel.killsAtBirth()
                            ? "; after cgroup.kill this kernel kills who is born there, so children"
                                    + " move themselves"
                            : "");
        } catch (IOException | UncheckedIOException e) {
            return "cannot be had: " + e.getMessage();
        }
    }

    private static Optional<String> line(Path file, Predicate<String> wanted) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        return lines.stream().filter(wanted).findFirst();
    }
}
