// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.ResourceUsage;
import io.github.spawn4j.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of a process and what it used, in words. */
final class Statistics {
    private Statistics() {}

    static String of(PidfdProcess process, Duration wall) throws IOException {
        ResourceUsage usage = process.resourceUsage();
        Table table =
                new Table("ll")
                        .row("pid", Long.toString(process.pid()))
                        .row("start", process.startedAs().name().toLowerCase(Locale.ROOT))
                        .row("exit status", inWords(process.exitStatus()))
                        .row("wall time", Units.of(wall))
                        .row(
                                "CPU time",
                                Units.of(usage.cpuTime())
                                        + " (user "
                                        + Units.of(usage.userTime())
                                        + ", system "
                                        + Units.of(usage.systemTime())
                                        + ")")
                        .row("peak memory", peakMemory(usage.maxResidentBytes()));
        if (!process.enforcement().isEmpty()) {
            table.row("enforced", inWords(process.enforcement()));
        }
        return table.toString();
    }

    private static String inWords(Map<Sandbox.Limit, Sandbox.Mechanism> enforcement) {
        return new TreeMap<>(enforcement)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " by " + entry.getValue())
                        .collect(Collectors.joining(", "))
                        .replace('_', ' ')
                        .toLowerCase(Locale.ROOT);
    }

    private static String peakMemory(OptionalLong bytes) {
        return bytes.isPresent()
                ? Units.mebibytes(bytes.getAsLong())
                : "not more than this JVM's, from which the kernel does not tell it";
    }

    private static String inWords(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return "exited " + exited.code();
        }
        if (status instanceof ExitStatus.Killed killed) {
            return "killed by "
                    + killed.signal().signalName()
                    + (killed.coreDumped() ? " (core dumped)" : "");
        }
        return status instanceof ExitStatus.OutOfMemory ? "killed for want of memory" : "unknown";
    }
}
