// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.testing.Strategies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ProcessBuilder and this library side by side: each collects its own children only. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StormTest {
    private static final int THREADS = 4;
    private static final int SPAWNS = 300;

    private interface Spawner {
        Process start(int round, String... command) throws IOException;
    }

    @Test
    void everyChildKeepsItsOwnOutputAndExitCodeOnBothSides() throws Exception {
        SpawnStrategy[] strategies = Strategies.ofTheKernel().toArray(SpawnStrategy[]::new);
        ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
        try {
            List<Future<List<String>>> wrong = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                wrong.add(
                        threads.submit(
                                storm(
                                        "jdk",
                                        thread,
                                        (round, command) -> new ProcessBuilder(command).start())));
                wrong.add(
                        threads.submit(
                                storm(
                                        "spawn4j",
                                        thread,
                                        (round, command) ->
                                                PidfdProcess.builder(
                                                                command[0], command[1], command[2])
                                                        .strategy(
                                                                strategies[
                                                                        round % strategies.length])
                                                        .start())));
            }
            for (Future<List<String>> future : wrong) {
                assertThat(future.get()).isEmpty();
            }
        } finally {
            threads.shutdownNow();
        }
        Os.await("no zombie is left", () -> Os.zombies().isEmpty());
    }

    /** Returns what went wrong. */
    private static Callable<List<String>> storm(String side, int thread, Spawner spawner) {
        return () -> {
            List<String> wrong = new ArrayList<>();
            for (int round = 0; round < SPAWNS; round++) {
                int code = (round * THREADS + thread) % 256;
                Process process =
                        spawner.start(round, "/bin/sh", "-c", "echo " + code + "; exit " + code);
                String output =
                        new String(
                                process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                int exit = process.waitFor();
                if (exit != code || !output.equals(code + "\n")) {
                    wrong.add(side + ": " + code + " became " + exit + " and printed " + output);
                }
                process.getOutputStream().close();
                process.getErrorStream().close();
            }
            return wrong;
        };
    }
}
