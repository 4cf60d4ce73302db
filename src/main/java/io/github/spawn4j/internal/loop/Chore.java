// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import io.github.spawn4j.internal.os.Log;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Something that the reactor thread does, and does again a little later for as long as it fails:
 * for want of memory, of a descriptor, of a thread. All that it takes to be remembered is in
 * itself, so that no want can make it be forgotten. Thread-safe.
 */
public abstract class Chore {
    private static final Log LOG = Log.of(Chore.class);

    /** Rather than an object of its own in each, as every child is one and has others. */
    private static final AtomicIntegerFieldUpdater<Chore> QUEUED =
            AtomicIntegerFieldUpdater.newUpdater(Chore.class, "queued");

    /** The one behind it, for the list that it is in. */
    Chore next;

    /** Whether it is in a list: 0 or 1. */
    private volatile int queued;

    /** Without a lock, as it does no harm to say something twice. */
    private boolean reported;

    /**
     * Does it. What an attempt did before it failed is done once more, so that must do no harm.
     * Must neither wait nor call code of the user.
     */
    protected abstract void perform() throws Exception;

    /** Returns false if it is in a list already, whose turn is still to come. */
    final boolean enter() {
        return queued == 0 && QUEUED.compareAndSet(this, 0, 1);
    }

    /** To be called before it is done, as it may be wanted once more meanwhile. */
    final void leave() {
        next = null;
        queued = 0;
    }

    /** Does it on this thread; if that fails, the reactor does it later. Never throws. */
    public final void attempt() {
        try {
            perform();
        } catch (Throwable e) { // whatever it is, the other chores have their turn
            again(e);
        }
    }

    /** Has the reactor do it later, as it has failed. Never throws. */
    final void again(Throwable e) {
        Reactor.retry(this);
        report(e);
    }

    private void report(Throwable e) {
        try {
            boolean mayBeForEver = e instanceof RuntimeException || e instanceof LinkageError;
            boolean isNews = mayBeForEver && !reported;
            reported = true; // before it is said, which may take longer than the next attempt
            if (isNews) {
                LOG.error("{} has failed and is tried again", this, e);
            } else {
                LOG.debug("{} is tried again", this, e);
            }
        } catch (Throwable none) {
            // Not even that: those behind it have their turn all the same.
        }
    }
}
