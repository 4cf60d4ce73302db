// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import io.github.spawn4j.internal.os.Log;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Counts starts, records them for JFR, and says once that one was left to the JDK. Thread-safe. */
final class Tally {
    private static final Log LOG = Log.of(Agent.class);

    private final AtomicLong taken;
    private final AtomicLong left;
    private final AtomicBoolean hasSaid = new AtomicBoolean();

    Tally(AtomicLong taken, AtomicLong left) {
        this.taken = taken;
        this.left = left;
    }

    void taken(String program, long pid, long tookNs) {
        taken.incrementAndGet();
        if (Recorder.isOn()) {
            AgentStart.record(program, pid, tookNs, null);
        }
    }

    /** As the options say. */
    void left(String program) {
        left.incrementAndGet();
        if (Recorder.isOn()) {
            AgentStart.record(program, 0, 0, "as the options say");
        }
    }

    /** As it cannot be started. */
    void left(String program, Throwable reason) {
        left.incrementAndGet();
        say(reason);
        if (Recorder.isOn()) {
            AgentStart.record(program, 0, 0, reason.toString());
        }
    }

    /** Says it the first time. */
    void say(Throwable reason) {
        if (!hasSaid.compareAndSet(false, true)) {
            return;
        }
        String what =
                "a process was left to the JDK; later ones will be so without a word: " + reason;
        if (hasSlf4j()) {
            LOG.warn(what);
        } else {
            System.err.println("spawn4j: " + what);
        }
    }

    /** Of the application's, which may have none. */
    private static boolean hasSlf4j() {
        try {
            Class.forName("org.slf4j.LoggerFactory", false, Tally.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
