// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.SpawnStrategy;

/**
 * Meets a limit where the library is used for the first time, and looks whether that passes. Prints
 * what failed how, and "works" when it does. To be run by root in a JVM of its own.
 */
public final class PassingLimits {
    private static final String WORKDIR = "io.github.spawn4j.workdir";
    private static final String STRATEGY = "io.github.spawn4j.strategy";

    private interface Step {
        void run() throws Exception;
    }

    /** What its lines begin with, as the JVM may have something to say too. */
    public static final String SAYS = "first use: ";

    private PassingLimits() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "start":
                withoutMoreThreads(Tenant::startGroup);
                break;
            case "group":
                Tenant.start();
                withoutMoreThreads(Tenant::startGroup);
                break;
            case "keeper":
                Tenant.start();
                withoutMoreThreads(Tenant::dieWithUs);
                break;
            case "fallback":
                System.setProperty(WORKDIR, "/dev/null/nowhere");
                System.out.println(SAYS + SpawnStrategy.automatic());
                tryTwice(Tenant::start);
                System.clearProperty(WORKDIR);
                System.out.println(SAYS + SpawnStrategy.automatic());
                break;
            default:
                System.setProperty(STRATEGY, "clone3");
                System.setProperty(WORKDIR, "/dev/null/nowhere");
                tryTwice(Tenant::start);
                System.clearProperty(WORKDIR);
        }
        if (ProcessHandle.current().children().findAny().isPresent()) {
            System.out.println(SAYS + "a child is left");
        }
        Tenant.work();
        System.out.println(SAYS + "works");
    }

    private static void withoutMoreThreads(Step step) throws Exception {
        long[] before = new long[2];
        LibC.check("getrlimit", LibC.getrlimit(LibC.RLIMIT_NPROC, before));
        LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NPROC, new long[] {1, before[1]}));
        OwnThread.call(
                () -> {
                    LibC.limitCallingThread();
                    tryTwice(step);
                    return null;
                });
        LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NPROC, before));
    }

    private static void tryTwice(Step step) {
        for (int i = 0; i < 2; i++) {
            try {
                step.run();
                System.out.println(SAYS + "has not failed");
            } catch (Exception | Error e) {
                System.out.println(SAYS + e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }
}
