// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.ProcessorTimes;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Report;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The machine that was measured on, from the making of this object on: what it is, and what about
 * it can mislead. Immutable.
 */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path GOVERNOR =
            Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");

    /** Of the load, for each processor: we are one ourselves, mostly. */
    private static final double MUCH = 0.5;

    private static final double SOME_STOLEN = 0.01;
    private static final int PERCENT = 100;
    private static final double TENTH = 10;

    private final Instant began = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    private final int processors = Runtime.getRuntime().availableProcessors();
    private final double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    private final ProcessorTimes before = ProcessorTimes.now();
    private final long beganNs = System.nanoTime();

    /** By what they are, in the order in which they are shown. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("processor", cpuInfo("model name").orElse("unknown"));
        facts.put("processors", processors);
        facts.put("virtual", isVirtual());
        facts.put("governor", governor().orElse("unknown"));
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("libc", Surroundings.libc());
        facts.put("jdk", System.getProperty("java.vm.version"));
        facts.put("loadBefore", Math.round(load * TENTH) / TENTH);
        facts.put("stolenPercent", Math.round(stolen() * PERCENT * TENTH) / TENTH);
        return facts;
    }

    /** What could make the figures say less than they seem to, a sentence each. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (load > MUCH * processors) {
            warnings.add(
                    String.format(
                            "the machine was busy before this began: a load of %.1f on %d"
                                    + " processors",
                            load, processors));
        }
        if (stolen() > SOME_STOLEN) {
            warnings.add(
                    String.format(
                            "the hypervisor gave %.1f %% of the time to others",
                            stolen() * PERCENT));
        }
        if (isVirtual()) {
            warnings.add("this is a virtual machine: what its neighbours do is not seen from here");
        }
        governor()
                .filter(governor -> !governor.equals("performance"))
                .ifPresent(
                        governor ->
                                warnings.add(
                                        "the processors change their speed: the governor is "
                                                + governor));
        return warnings;
    }

    /** The share of the machine's time that a hypervisor gave to others. */
    private double stolen() {
        long elapsedNs = System.nanoTime() - beganNs;
        long stolenNs = ProcessorTimes.now().stolenNs() - before.stolenNs();
        return (double) stolenNs / elapsedNs / processors;
    }

    private static boolean isVirtual() {
        return cpuInfo("flags").map(flags -> (flags + " ").contains(" hypervisor ")).orElse(false);
    }

    private static Optional<String> governor() {
        try {
            return Optional.of(Files.readString(GOVERNOR).strip());
        } catch (IOException e) {
            return Optional.empty(); // virtual machines have none
        }
    }

    private static Optional<String> cpuInfo(String key) {
        try (Stream<String> lines = Files.lines(CPU_INFO, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Facts and warnings, as text below tables. */
    String text() {
        StringBuilder text = new StringBuilder("\nMeasured on: ");
        text.append(String.join(", ", words())).append('\n');
        warnings().forEach(warning -> text.append("Mind that ").append(warning).append(".\n"));
        return text.toString();
    }

    private List<String> words() {
        List<String> words = new ArrayList<>();
        facts().forEach((fact, value) -> words.add(fact + " " + value));
        return words;
    }

    /**
     * What was measured on it since this object was made.
     *
     * @param command by which it is repeated
     */
    Report report(String command, List<String> leftOut, List<Plot> plots) {
        return new Report(
                began.toString(), command, Versions.all(), facts(), warnings(), leftOut, plots);
    }

    /** Adds facts and warnings to a JSON document. */
    void describe(Map<String, Object> document) {
        document.put("machine", facts());
        document.put("warnings", warnings());
    }
}
