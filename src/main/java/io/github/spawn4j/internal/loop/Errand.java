// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

/**
 * Something that a worker does, as it may wait or call code of the user, and does again a little
 * later for as long as it throws. Thread-safe.
 */
public final class Errand extends Chore implements Runnable {
    private final Runnable task;
    private final Runnable work = this::attemptHere;

    /** One that is yet to be run; its task must do no harm when it is done twice. */
    public Errand(Runnable task) {
        this.task = task;
    }

    /** Gives it to a worker, now or when one can be had. Never throws. */
    @Override
    public void run() {
        attempt();
    }

    @Override
    protected void perform() {
        Workers.execute(work);
    }

    /** Does it on this thread, and only if that fails has it done by a worker. Never throws. */
    public void attemptHere() {
        try {
            task.run();
        } catch (Throwable e) {
            again(e);
        }
    }

    @Override
    public String toString() {
        return "an errand, " + task;
    }
}
