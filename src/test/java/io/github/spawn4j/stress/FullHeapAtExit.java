// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Pidfd;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Fills the heap at the moment when those are told who follow an exit, so that they fail and not
 * even that can be said. For a JVM of its own. Prints OK, or what was wrong.
 */
final class FullHeapAtExit {
    private static final int FOLLOWERS = 50;
    private static final long LIMIT_S = 20;

    /** While it is full, so that whoever is yet to be told is tried to be told again and again. */
    private static final int TURNS = 3;

    private static final CountDownLatch TURNS_LEFT = new CountDownLatch(TURNS);
    private static final CountDownLatch TOLD = new CountDownLatch(FOLLOWERS);

    private FullHeapAtExit() {}

    public static void main(String[] args) throws Exception {
        PidfdProcess cat = PidfdProcess.builder("cat").start();
        int pid = (int) cat.pid();
        Child child =
                Child.watch(pid, Pidfd.open(pid).orElseThrow(), new Child.Stream[0], false, null);
        for (int i = 0; i < FOLLOWERS; i++) {
            child.whenExited(new Follower());
        }

        cat.getOutputStream().close();
        while (TURNS_LEFT.getCount() > 0) {
            Thread.yield(); // to wait otherwise may take memory
        }
        Ballast.drop();

        System.out.println(TOLD.await(LIMIT_S, TimeUnit.SECONDS) ? "OK" : "not told: " + TOLD);
    }

    /** Counts what the reactor does while the heap is full. */
    private static final class Turns implements Faults.Plan {
        @Override
        public void call(String name) {}

        @Override
        public void resource(String what) {
            if (what.equals("turn")) {
                TURNS_LEFT.countDown();
            }
        }
    }

    /** Finds no memory the first time. */
    private static final class Follower implements Runnable {
        private static boolean full;

        private boolean failed;

        @Override
        public void run() {
            if (!failed) {
                failed = true;
                if (!full) {
                    full = true;
                    Faults.plan(new Turns());
                    Ballast.fill();
                    Ballast.fill(); // what the first time has left for the collector to find
                }
                throw new OutOfMemoryError();
            }
            TOLD.countDown();
        }
    }
}
