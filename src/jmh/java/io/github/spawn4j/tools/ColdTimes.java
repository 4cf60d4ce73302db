// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.tools.spawners.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long the first starts of several JVMs took, in one way. One thread at a time. */
final class ColdTimes {
    private static final int FEW = 10;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Samples first = new Samples();
    private final Samples few = new Samples();
    private final Samples many = new Samples();

    /** Adds those of a new JVM. */
    void measure(ColdWay way, String program) throws IOException, InterruptedException {
        String output =
                PidfdProcess.builder(System.getProperty("java.home") + "/bin/java")
                        .args(nativeAccess())
                        .args("-cp", System.getProperty("java.class.path"))
                        .args(ColdStarts.class.getName(), way.name(), program)
                        .run(RunOptions.timeout(LIMIT).expectExit(0))
                        .stdout()
                        .text();
        int start = 1;
        for (String line : output.split("\n")) {
            String[] times = line.split(" ");
            group(start++).add(Long.parseLong(times[0]), Long.parseLong(times[1]));
        }
    }

    /** Spares a warning. */
    private static List<String> nativeAccess() {
        return Runtime.version().feature() >= 22
                ? List.of("--enable-native-access=ALL-UNNAMED")
                : List.of();
    }

    private Samples group(int start) {
        if (start == 1) {
            return first;
        }
        return start <= FEW ? few : many;
    }

    /** The starts that belong together, by their numbers. */
    Map<String, Samples> groups() {
        Map<String, Samples> groups = new LinkedHashMap<>();
        groups.put("1", first);
        groups.put("2-" + FEW, few);
        groups.put(FEW + 1 + "-" + ColdStarts.COUNT, many);
        return groups;
    }
}
