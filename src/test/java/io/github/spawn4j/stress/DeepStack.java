package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Starts processes with less and less stack left. For a JVM of its own, which interprets. Prints
 * OK, or what was wrong.
 */
final class DeepStack {
    private static final Queue<PidfdProcess> STARTED = new ConcurrentLinkedQueue<>();

    private DeepStack() {}

    public static void main(String[] args) throws Exception {
        Callable<?> operation = operation(args[0]);
        operation.call(); // what is done on the first use is done once
        SmallStack stack = new SmallStack();
        int overflows = 0;
        for (int step = 0; step < SmallStack.STEPS; step++) {
            overflows += stack.run(step, operation) ? 0 : 1;
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

    private static Callable<?> operation(String name) {
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
            case "run" ->
                    () -> PidfdProcess.builder("cat").run(RunOptions.noTimeout().stdin("text"));
            default -> throw new IllegalArgumentException(name);
        };
    }
}
