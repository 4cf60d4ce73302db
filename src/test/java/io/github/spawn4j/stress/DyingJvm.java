// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.strict.SpawnAction;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

/**
 * Starts children, prints their pids, and dies. The first argument says how; see {@link
 * DyingJvmTest}.
 */
final class DyingJvm {
    static final List<SpawnStrategy> STRATEGIES =
            List.of(SpawnStrategy.FORK, SpawnStrategy.VFORK, SpawnStrategy.CLONE3);

    private DyingJvm() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "killed":
                startChildren();
                killOurselves();
                break;
            case "exits":
                startChildren();
                System.exit(0);
                break;
            case "killed while a child waits":
                startBlocked(SpawnStrategy.valueOf(args[1]), Signal.of(args[2]), args[3]);
                killOurselves();
                break;
            default:
                reportFailures();
        }
    }

    private static EmptyProcess pausing(SpawnStrategy strategy) {
        return PidfdProcess.builder(Os.program("probe"), "--pause").inheritIO().strategy(strategy);
    }

    private static void startChildren() throws Exception {
        for (SpawnStrategy strategy : STRATEGIES) {
            for (Signal signal : List.of(Signal.KILL, Signal.TERM, Signal.of(64))) {
                PidfdProcess mortal = pausing(strategy).parentDeathSignal(signal).start();
                System.out.println("mortal " + mortal.pid());
            }
            System.out.println("immortal " + pausing(strategy).start().pid());
        }
    }

    /** A child that has not come to its program yet. */
    private static void startBlocked(SpawnStrategy strategy, Signal signal, String fifo) {
        Set<Long> before = Os.children();
        EmptyProcess process =
                pausing(strategy)
                        .parentDeathSignal(signal)
                        .action(SpawnAction.open(-100, fifo, 3, 0, 0, 0));
        new Thread(new FutureTask<>(process::start), "starter").start();
        Os.await(
                "the child is blocked",
                () -> {
                    Set<Long> now = Os.children();
                    now.removeAll(before);
                    return now.size() == 1 && Os.state(now.iterator().next()) == 'S';
                });
        Set<Long> now = Os.children();
        now.removeAll(before);
        System.out.println("mortal " + now.iterator().next());
    }

    private static void killOurselves() throws Exception {
        System.out.flush();
        String self = Long.toString(ProcessHandle.current().pid());
        new ProcessBuilder("kill", "-KILL", self).start();
        new CountDownLatch(1).await();
    }

    private static void reportFailures() throws Exception {
        for (SpawnStrategy strategy : STRATEGIES) {
            try {
                pausing(strategy).parentDeathSignal(Signal.KILL).start();
                System.out.println(strategy + " has worked");
            } catch (SpawnException e) {
                System.out.println(strategy + ": " + e.step() + " " + e.errno());
            }
        }
    }
}
