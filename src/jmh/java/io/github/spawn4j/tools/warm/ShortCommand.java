// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.warm;

import io.github.spawn4j.tools.Programs;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.Rounds;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command whose starts are compared.
 *
 * @param words the program's name first
 */
public record ShortCommand(List<String> words) {
    /** So many starts come before those that are measured. */
    private static final int WARM_UP = 32;

    private static final String FILE = "/etc/passwd";

    /** Those that are compared unless some are picked. */
    public static List<ShortCommand> all() {
        return Stream.of(
                        List.of("true"),
                        List.of("sh", "-c", ":"),
                        List.of("cat", FILE),
                        List.of("sed", "-n", "1p", FILE),
                        List.of("grep", "root", FILE),
                        List.of("find", "src", "-name", "*7.py"),
                        List.of("awk", "{ n++ } END { print n }", FILE),
                        List.of("bash", "-c", ":"),
                        List.of("git", "--version"),
                        List.of("gcc", "--version"),
                        List.of("ls", "-l", "src"),
                        List.of("perl", "-e", "1"),
                        List.of("git", "status", "--short"),
                        List.of("rg", "--line-number", "TODO", "src"))
                .map(ShortCommand::new)
                .collect(Collectors.toList());
    }

    public String program() {
        return words.get(0);
    }

    /**
     * Has all ways make starts, in turns of random order.
     *
     * @param rounds the turns of each
     * @param starts in one turn
     * @throws IOException if the program is missing, fails, or cannot be kept warm
     */
    public Map<Way, Costs> measure(Workload workload, int rounds, int starts)
            throws IOException, InterruptedException {
        String path = Programs.find(program());
        String[] args = words.subList(1, words.size()).toArray(new String[0]);
        Map<Way, Starter> starters = new EnumMap<>(Way.class);
        Map<Way, Costs> costs = new EnumMap<>(Way.class);
        try {
            for (Way way : Way.values()) {
                Starter starter = way.open(path, args, workload);
                starters.put(way, starter);
                new Costs().measure(starter, WARM_UP);
                costs.put(way, new Costs());
            }
            Rounds turns = new Rounds(rounds, rounds, Duration.ZERO, System.nanoTime());
            for (int round = 0; round < rounds; round++) {
                for (Way way : turns.next(starters.keySet())) {
                    costs.get(way).measure(starters.get(way), starts);
                }
            }
        } finally {
            starters.values().forEach(Starter::close);
        }
        return costs;
    }

    /**
     * What it costs to keep the program warm, besides its starts.
     *
     * @throws IOException if the program is missing, or cannot be kept warm
     */
    public HelperCost helper(Workload workload) throws IOException {
        return HelperCost.measure(Programs.find(program()), workload);
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
