// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.tools.spawners.CpuClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The main class of a JVM that makes calls in one way, as {@code agent_tools.py} does: a line with
 * a split and the numbers of calls makes it make these, and answer {@code ELAPSED OWN TOOLS}, all
 * in nanoseconds: how long they took, and the processor time of this JVM and of the tools.
 */
public final class AgentWorker {
    private AgentWorker() {}

    /**
     * @param args the name of a {@link Way}, and the file of a {@link CallsFile}
     */
    public static void main(String[] args) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        CallsFile file = CallsFile.read(Path.of(args[1]));
        try (Launcher launcher = Way.valueOf(args[0]).open(file.place())) {
            serve(launcher, file.calls(), answers);
        } catch (IOException | InterruptedException e) {
            answers.println(Team.FAILED + e.getMessage());
        }
        // Threads of a peer may keep the JVM alive.
        System.exit(0);
    }

    private static void serve(Launcher launcher, List<Call> calls, PrintStream answers)
            throws IOException, InterruptedException {
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String order;
        while ((order = orders.readLine()) != null) {
            String[] words = order.split(" ");
            List<Call> ordered =
                    Stream.of(words)
                            .skip(1)
                            .map(number -> calls.get(Integer.parseInt(number)))
                            .collect(Collectors.toList());
            long toolsNs = CpuClock.childrenNs();
            long ownNs = CpuClock.jvmNs(); // last, as to ask for the children's takes some itself
            long elapsedNs = Split.of(words[0]).run(launcher, ordered);
            ownNs = CpuClock.jvmNs() - ownNs;
            toolsNs = CpuClock.childrenNs() - toolsNs;
            answers.println(elapsedNs + " " + ownNs + " " + toolsNs);
        }
    }
}
