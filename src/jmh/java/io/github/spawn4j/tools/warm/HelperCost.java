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

/**
 * What it costs to keep a program warm, besides its starts.
 *
 * @param makeMicros the processor time to make a helper and to end it, of helper and JVM: a median
 * @param kib the anonymous memory of the helper and of what it has cloned; what they share counts
 *     once
 * @param parkedKib the same with children that wait
 */
public record HelperCost(double makeMicros, long kib, long parkedKib) {
    /** How many children wait. */
    public static final int CHILDREN = 8;

    private static final int HELPERS = 9;
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
        return new HelperCost(
                micros[HELPERS / 2],
                kib(program, workload, Warm.on(), 1),
                kib(program, workload, Warm.on().parked(CHILDREN), 1 + CHILDREN));
    }

    private static SpawnTemplate template(String program, Workload workload, Warm settings)
            throws IOException {
        return SpawnTemplate.builder(program)
                .environment(workload.environment())
                .directory(workload.directory())
                .warm(settings)
                .build();
    }

    private static long kib(String program, Workload workload, Warm settings, int least)
            throws IOException {
        Set<Long> others = children();
        try (SpawnTemplate template = template(program, workload, settings)) {
            WarmTemplates.ready(template);
            long sum = 0;
            for (long process : awaitProcesses(others, least)) {
                sum += anonymousKib(process);
            }
            return sum;
        }
    }

    /** Children are cloned in the background. */
    private static Set<Long> awaitProcesses(Set<Long> others, int least) throws IOException {
        long beganNs = System.nanoTime();
        while (System.nanoTime() - beganNs < LIMIT_NS) {
            Set<Long> processes = children();
            processes.removeAll(others);
            if (processes.size() >= least) {
                return processes;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        throw new IOException("a helper has too few children after 60 s");
    }

    private static Set<Long> children() {
        return ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    /** What several processes share is parted among them. */
    private static long anonymousKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith("Pss_Anon:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .sum();
    }
}
