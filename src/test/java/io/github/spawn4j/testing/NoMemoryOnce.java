// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.internal.os.Faults;
import java.util.concurrent.atomic.AtomicBoolean;

/** There is no memory the first time that something is made, until this is closed. */
public final class NoMemoryOnce implements Faults.Plan, AutoCloseable {
    private final String wanted;
    private final AtomicBoolean failed = new AtomicBoolean();

    /** As {@link Faults#resource} names it. */
    public NoMemoryOnce(String wanted) {
        this.wanted = wanted;
        Faults.plan(this);
    }

    public boolean hasFailed() {
        return failed.get();
    }

    @Override
    public void call(String name) {}

    @Override
    public void resource(String what) {
        if (what.equals(wanted) && failed.compareAndSet(false, true)) {
            throw new OutOfMemoryError("no memory for " + what);
        }
    }

    @Override
    public void close() {
        Faults.plan(null);
    }
}
