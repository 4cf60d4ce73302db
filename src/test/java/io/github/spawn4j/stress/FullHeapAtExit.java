package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.io.Child;
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

    private static final CountDownLatch FULL = new CountDownLatch(1);
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
        FULL.await();
        Thread.sleep(100); // for as long as it is full, whoever is yet to be told must wait
        Ballast.drop();

        System.out.println(TOLD.await(LIMIT_S, TimeUnit.SECONDS) ? "OK" : "not told: " + TOLD);
    }

    /** Finds no memory the first time. */
    private static final class Follower implements Runnable {
        private boolean failed;

        @Override
        public void run() {
            if (!failed) {
                failed = true;
                if (FULL.getCount() > 0) {
                    Ballast.fill();
                    Ballast.fill(); // what the first time has left for the collector to find
                    FULL.countDown();
                }
                throw new OutOfMemoryError();
            }
            TOLD.countDown();
        }
    }
}
