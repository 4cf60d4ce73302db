// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.testing.agent.AgentJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prints what the agent costs a JVM that starts nothing, and one that starts a process: medians of
 * JVMs that take turns. For src/test/hosts/startup.sh.
 */
public final class AgentCost {
    private AgentCost() {}

    /** An agent that does nothing: what the JVM itself takes for any. */
    public static final class Empty {
        private Empty() {}

        public static void premain(String options) {
            // nothing
        }
    }

    /** What is measured: it starts as many processes as it is told. */
    public static final class Starter {
        private Starter() {}

        public static void main(String[] args) throws Exception {
            for (int i = Integer.parseInt(args[0]); i > 0; i--) {
                new ProcessBuilder("true").start().waitFor();
            }
        }
    }

    /** With the jar, a folder for an empty one, the number of rounds, and options of the JVM. */
    public static void main(String[] args) throws Exception {
        Path empty = AgentJvm.makeAgent(Path.of(args[1], "empty.jar"), Empty.class);
        Map<String, List<String>> ways = new LinkedHashMap<>();
        ways.put("without an agent", List.of());
        ways.put("with an agent that does nothing", List.of("-javaagent:" + empty));
        ways.put("with this one", List.of("-javaagent:" + args[0]));
        List<String> options = Arrays.asList(args).subList(3, args.length);
        Map<String, List<double[]>> figures = new LinkedHashMap<>();
        for (int round = Integer.parseInt(args[2]); round > 0; round--) {
            for (int starts = 0; starts <= 1; starts++) {
                for (Map.Entry<String, List<String>> way : ways.entrySet()) {
                    String row = (starts == 0 ? "no" : "one") + " process, " + way.getKey();
                    figures.computeIfAbsent(row, key -> new ArrayList<>())
                            .add(run(options, way.getValue(), starts));
                }
            }
        }
        figures.forEach(
                (row, all) ->
                        System.out.printf(
                                "| %s | %.0f | %.0f |%n", row, median(all, 0), median(all, 1)));
    }

    /** Milliseconds of time, and of processor time. */
    private static double[] run(List<String> options, List<String> agent, int starts)
            throws Exception {
        List<String> command = new ArrayList<>(options);
        command.addAll(agent);
        String classes = AgentJvm.classesOf(Starter.class).toString();
        command.addAll(List.of("-cp", classes, Starter.class.getName(), "" + starts));
        long startNs = System.nanoTime();
        PidfdProcess jvm =
                PidfdProcess.builder(System.getProperty("java.home") + "/bin/java")
                        .args(command)
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.INHERIT)
                        .start();
        if (jvm.waitFor() != 0) {
            throw new AssertionError(command + " has failed");
        }
        long tookNs = System.nanoTime() - startNs;
        return new double[] {tookNs / 1e6, jvm.resourceUsage().cpuTime().toNanos() / 1e6};
    }

    private static double median(List<double[]> all, int column) {
        double[] values = all.stream().mapToDouble(one -> one[column]).sorted().toArray();
        return values[values.length / 2];
    }
}
