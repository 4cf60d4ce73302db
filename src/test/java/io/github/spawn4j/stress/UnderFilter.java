// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.testing.Strategies;
import io.github.spawn4j.tools.DoctorReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Does what most programs do, in a JVM of its own under a filter, and compares it with what {@code
 * doctor} says there. Prints that the JDK works here, and OK or what was wrong.
 *
 * <p>Each argument says what is to be refused, by an exception that names a call: {@code
 * POSIX_SPAWN:pidfd_open}, {@code FORK,VFORK:CLONE_PIDFD}, {@code DENY_WRITE:ptrace}.
 */
final class UnderFilter {
    /** Where this is missing, there is nothing to be tested. */
    static final String JDK_WORKS = "the JDK works";

    static final String OK = "OK";

    private static final String STANDARD = SpawnStrategy.CLONE3.name();
    private static final String DENY_WRITE = "DENY_WRITE";

    private final List<String> refused;
    private final List<String> faults = new ArrayList<>();

    private UnderFilter(List<String> refused) {
        this.refused = refused;
    }

    public static void main(String[] args) {
        new UnderFilter(Arrays.asList(args)).run();
    }

    private void run() {
        step("JDK", UnderFilter::tryJdk);
        if (faults.isEmpty()) {
            System.out.println(JDK_WORKS);
            tryLibrary();
        }
        System.out.println(faults.isEmpty() ? OK : String.join("\n", faults));
        // Not exit(), which would wait for what hangs.
        Runtime.getRuntime().halt(faults.isEmpty() ? 0 : 1);
    }

    /** What the library and its tests need of the JDK. */
    private static void tryJdk() throws Exception {
        Path file = Files.createTempFile("spawn4j", ".tmp");
        try {
            Files.writeString(file, "text");
            Files.readAttributes(file, BasicFileAttributes.class);
        } finally {
            Files.delete(file);
        }
        int code = new ProcessBuilder("true").start().waitFor();
        require(code == 0, "true has ended with " + code);
    }

    private void tryLibrary() {
        DoctorReport[] doctor = {null};
        step("doctor", () -> doctor[0] = DoctorReport.here());
        for (SpawnStrategy strategy : Strategies.ofTheKernel()) {
            step(strategy.name(), () -> tryStrategy(strategy));
        }
        if (missing(STANDARD) == null) {
            EveryUse.all().forEach((name, use) -> step(name, use));
        }
        step("deny-write", this::tryDenyWrite);
        step("what doctor says", () -> compare(doctor[0]));
        step("children", () -> require(Os.children().isEmpty(), "left " + Os.children()));
    }

    /** The call for which {@code what} is to be refused, or null if it is to work. */
    private String missing(String what) {
        for (String rule : refused) {
            String[] parts = rule.split(":");
            if (List.of(parts[0].split(",")).contains(what)) {
                return parts[1];
            }
        }
        return null;
    }

    /** In a thread of its own, as one that a filter has killed never comes back. */
    private void step(String name, EveryUse.Use use) {
        List<String> fault = new ArrayList<>(List.of("no end within 20 s"));
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                use.run();
                                fault.clear();
                            } catch (Throwable e) {
                                fault.set(0, e.toString());
                            }
                        },
                        name);
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        fault.forEach(what -> faults.add(name + ": " + what + at(thread)));
    }

    private static String at(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length == 0 ? "" : " at " + Arrays.toString(stack);
    }

    private void tryStrategy(SpawnStrategy strategy) throws Exception {
        String call = missing(strategy.name());
        if (call == null) {
            EveryStrategy.works(strategy);
        } else {
            EveryStrategy.isRefused(strategy, call);
        }
    }

    private void tryDenyWrite() throws Exception {
        String call = missing(STANDARD) == null ? missing(DENY_WRITE) : missing(STANDARD);
        try {
            EveryUse.deniesWrite();
            require(call == null, "works");
        } catch (SpawnException e) {
            require(call != null && e.getMessage().contains(call), e.toString());
        }
    }

    private void compare(DoctorReport doctor) throws Exception {
        require(doctor != null, "nothing");
        String call = missing(STANDARD);
        if (call != null) {
            require(doctor.verdict().startsWith("strategy: jdk"), doctor.verdict());
            require(doctor.verdict().contains(call), doctor.verdict());
            return;
        }
        require(doctor.verdict().startsWith("strategy: clone3"), doctor.verdict());
        boolean deniesWrite = doctor.line("deny-write").contains("can be had");
        require(deniesWrite == (missing(DENY_WRITE) == null), doctor.line("deny-write"));
        require(
                doctor.has("pidfd_open(2)") || missing("POSIX_SPAWN") != null,
                doctor.line("pidfd_open(2)"));
        require(
                doctor.has("openat2(2)") == EveryUse.knowsResolveFlags(),
                doctor.line("openat2(2)"));
        if (Files.exists(Path.of("/proc/self"))) {
            boolean reserves =
                    Os.descriptors().values().stream().anyMatch(to -> to.contains("spawn4j-reser"));
            require(doctor.has("memfd_create(2)") == reserves, doctor.line("memfd_create(2)"));
        }
        if (doctor.has("PIDFD_SIGNAL_PROCESS_GROUP")) {
            EveryUse.endsAGroupWhoseLeaderHasEnded();
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
