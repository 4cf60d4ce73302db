// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Starts processes with less and less stack left. For a JVM of its own, which interprets, or
 * compiles "often". Prints OK, or what was wrong.
 */
final class DeepStack {
    /** Until all that a start calls is compiled, where anything is. */
    private static final int WARM_UP = 2000;

    private static final Queue<PidfdProcess> STARTED = new ConcurrentLinkedQueue<>();

    private DeepStack() {}

    public static void main(String[] args) throws Exception {
        Callable<?> operation = operation(args[0]);
        boolean isCompiled = args[0].equals("often");
        int calls = isCompiled ? WARM_UP : 1; // what is done on the first use is done once
        for (int call = 0; call < calls; call++) {
            operation.call();
        }
        SmallStack stack = new SmallStack();
        int overflows = 0;
        for (int step = 0; step < SmallStack.STEPS; step++) {
            boolean hasSufficed =
                    isCompiled ? stack.runAtTheEnd(step, operation) : stack.run(step, operation);
            overflows += hasSufficed ? 0 : 1;
        }
        if (overflows == 0 || overflows == SmallStack.STEPS) {
            throw new IllegalStateException(overflows + " overflows");
        }
        for (PidfdProcess process : STARTED) {
            process.destroyForcibly().waitFor();
        }
        Os.await("no child is left", () -> Os.children().isEmpty());
        operation.call();
        System.out.println("OK");
        System.exit(0);
    }

    private static Callable<?> operation(String name) throws SpawnException {
        return switch (name) {
            case "start" ->
                    () ->
                            STARTED.add(
                                    PidfdProcess.builder("sleep", "600")
                                            .teardown(Teardown.DEFAULT.ofGroup().atShutdown())
                                            .start());
            case "tied" ->
                    () ->
                            STARTED.add(
                                    PidfdProcess.builder("sleep", "600")
                                            .parentDeathSignal(Signal.KILL)
                                            .start());
            case "traced" ->
                    () -> {
                        SpawnTemplate.builder("true").denyWrite().build().close();
                        return null;
                    };
            case "often" -> {
                SpawnTemplate template = SpawnTemplate.builder("true").build();
                yield () -> template.spawn().waitFor();
            }
            case "run" ->
                    () -> PidfdProcess.builder("cat").run(RunOptions.noTimeout().stdin("text"));
            default -> throw new IllegalArgumentException(name);
        };
    }
}
