// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.warm;

import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.spawners.CpuClock;
import io.github.spawn4j.tools.spawners.WarmTemplates;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What it costs to keep a program warm, besides its starts.
 *
 * @param makeMicros the processor time to make a helper and to end it, of helper and JVM: a median
 * @param helperKib the memory that the helper shares with nobody
 * @param childKib the same of a child that waits: the mean of all
 * @param descriptors how many the JVM has open for it
 */
public record HelperCost(double makeMicros, double helperKib, double childKib, int descriptors) {
    private static final int HELPERS = 9;
    private static final int CHILDREN = 8;
    private static final double NS_PER_US = 1_000;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * Makes some helpers of a program, one after the other.
     *
     * @param program a path
     * @throws IOException if it cannot be kept warm
     */
    static HelperCost measure(String program, Workload workload) throws IOException {
        double[] micros = new double[HELPERS];
        for (int i = 0; i < HELPERS; i++) {
            long beganNs = CpuClock.ns();
            WarmTemplates.ready(template(program, workload, Warm.on())).close();
            micros[i] = (CpuClock.ns() - beganNs) / NS_PER_US;
        }
        Arrays.sort(micros);
        int before = openDescriptors();
        Set<Long> others = children();
        try (SpawnTemplate template = template(program, workload, Warm.on().parked(CHILDREN))) {
            WarmTemplates.ready(template);
            long helper = template.statistics().helperPid();
            Set<Long> waiting = awaitChildren(others, helper);
            double childrenKib = 0;
            for (long child : waiting) {
                childrenKib += kib(child);
            }
            return new HelperCost(
                    micros[HELPERS / 2],
                    kib(helper),
                    childrenKib / waiting.size(),
                    openDescriptors() - before);
        }
    }

    private static SpawnTemplate template(String program, Workload workload, Warm settings)
            throws IOException {
        return SpawnTemplate.builder(program)
                .environment(workload.environment())
                .directory(workload.directory())
                .warm(settings)
                .build();
    }

    /** They are made in the background. */
    private static Set<Long> awaitChildren(Set<Long> others, long helper) throws IOException {
        long beganNs = System.nanoTime();
        while (System.nanoTime() - beganNs < LIMIT_NS) {
            Set<Long> children = children();
            children.removeAll(others);
            children.remove(helper);
            if (children.size() >= CHILDREN) {
                return children;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        throw new IOException("helper " + helper + " has too few children after 60 s");
    }

    private static Set<Long> children() {
        return ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    private static int openDescriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }

    /** Private_Clean and Private_Dirty, in KiB. */
    private static long kib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith("Private_"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .sum();
    }
}
