// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.warm.ColdReason;
import io.github.spawn4j.warm.StartKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Stops the helper of a program, has it get all the starts that it can have under way, and prints
 * how one more is made; see {@link WarmJvmTest}.
 */
final class BusyWarmJvm {
    private static final int MORE_THAN_A_HELPER_CAN_HAVE = 30;

    private BusyWarmJvm() {}

    public static void main(String[] args) throws Exception {
        boolean isToBeWarm = Boolean.parseBoolean(args[0]);
        ExecutorService threads = Executors.newFixedThreadPool(MORE_THAN_A_HELPER_CAN_HAVE);
        try (SpawnTemplate program = SpawnTemplate.builder("true").warm(KeptWarm.PATIENT).build()) {
            if (KeptWarm.settled(program).refusal().isPresent()) {
                System.out.println("refused " + program.statistics().refusal().get());
                return;
            }
            program.spawn().waitFor(); // the child that has shown that there can be one
            long helper = program.statistics().helperPid();
            signal("STOP", helper);
            List<Future<StartKind>> starts = new ArrayList<>();
            for (int i = 0; i < MORE_THAN_A_HELPER_CAN_HAVE; i++) {
                starts.add(threads.submit(() -> kind(program)));
            }
            Os.await(
                    "all of the helper is taken",
                    () -> program.statistics().coldStarts().containsKey(ColdReason.BUSY));
            if (isToBeWarm) {
                Os.await("one more is warm", () -> isStartedWarm(program));
            }
            System.out.println(kind(program) == StartKind.COLD ? "cold" : "warm");
            signal("CONT", helper);
            for (Future<StartKind> start : starts) {
                start.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static boolean isStartedWarm(SpawnTemplate program) {
        try {
            return kind(program) != StartKind.COLD;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static StartKind kind(SpawnTemplate program) throws Exception {
        PidfdProcess process = program.spawn();
        process.waitFor();
        return process.startedAs();
    }

    private static void signal(String signal, long pid) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    }
}
