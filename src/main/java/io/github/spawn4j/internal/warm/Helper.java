package io.github.spawn4j.internal.warm;

import io.github.spawn4j.internal.os.WarmSpawn;
import java.util.concurrent.atomic.AtomicInteger;

/** A helper that is ended when it has been given up and its last user has left. Thread-safe. */
final class Helper {
    private final long address;
    private final int pid;

    /** Those who use it, and one more until it is given up; 0 once it is to be ended. */
    private final AtomicInteger users = new AtomicInteger(1);

    private final AtomicInteger starts = new AtomicInteger();

    Helper(long address) {
        this.address = address;
        pid = WarmSpawn.pid(address);
    }

    /** Begins a use. Returns false if it has been given up. */
    boolean acquire() {
        int current;
        do {
            current = users.get();
            if (current == 0) {
                return false;
            }
        } while (!users.compareAndSet(current, current + 1));
        return true;
    }

    /**
     * Ends a use, or gives it up. The last one has it ended on the helpers' thread, as that takes a
     * while.
     */
    void release() {
        if (users.decrementAndGet() == 0) {
            HelperKeeper.end(this);
        }
    }

    /** Only good for its users. */
    long address() {
        return address;
    }

    int pid() {
        return pid;
    }

    /** Counts a start. Returns how many there have been. */
    int countStart() {
        return starts.incrementAndGet();
    }

    /** Called once, when there is no user left. */
    void free() {
        WarmSpawn.free(address);
    }
}
