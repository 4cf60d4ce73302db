package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes one step of the first start in a JVM fail, and starts again; run by {@link FirstUseTest}.
 * Prints how the first start ended, and OK if the second one works and no child of the first is
 * left.
 */
final class FirstUse {
    private static final int ENFILE = 23;

    private FirstUse() {}

    /**
     * Starts twice.
     *
     * @param args which step is to fail, from 1
     */
    public static void main(String[] args) throws Exception {
        AtomicInteger left = new AtomicInteger(Integer.parseInt(args[0]));
        Faults.plan(
                new Faults.Plan() {
                    @Override
                    public void call(String name) throws IOException {
                        if (left.decrementAndGet() == 0) {
                            System.out.println("failing: " + name);
                            throw new ErrnoException(name, ENFILE);
                        }
                    }

                    @Override
                    public void resource(String what) {
                        if (!what.equals("turn") && left.decrementAndGet() == 0) {
                            System.out.println("failing: " + what);
                            throw new OutOfMemoryError("no memory for a " + what);
                        }
                    }
                });
        try {
            start();
            System.out.println("started");
        } catch (SpawnException | OutOfMemoryError e) {
            System.out.println("error: " + e.getMessage());
        }
        Faults.plan(null);
        long children = ProcessHandle.current().children().count();
        start();
        System.out.println(children == 0 ? "OK" : "children left: " + children);
    }

    private static void start() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "60").teardown(Teardown.DEFAULT.ofGroup()).start();
        process.teardown().get(10, TimeUnit.SECONDS);
        if (process.onExit().get(10, TimeUnit.SECONDS).exitValue() == 0) {
            throw new IllegalStateException("not torn down");
        }
    }
}
