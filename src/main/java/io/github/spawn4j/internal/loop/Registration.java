// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import io.github.spawn4j.internal.os.Fd;
import java.io.IOException;

/**
 * A descriptor that the reactor looks after for a handler: one event each time it is armed.
 * Thread-safe, but to be armed and disarmed by one thread at a time.
 *
 * <p>It survives the reactor that it was made with: what is armed with one that is lost is armed
 * with its successor.
 */
public final class Registration extends Chore {
    private final Fd fd;
    private final Reactor.Handler handler;

    /** By which the kernel's events name it. */
    private final long id;

    /** What it was last armed for; 0 if nothing is to be reported. */
    private volatile int interest;

    /** Whether it may be that an epoll instance knows it. */
    private volatile boolean added;

    /** An event whose handler has failed. Confined to the reactor thread. */
    private int events;

    /** Of a descriptor that is yet to be armed for the first time. */
    Registration(Fd fd, Reactor.Handler handler) {
        this.fd = fd;
        this.handler = handler;
        id = Registrations.add(this);
    }

    /**
     * Reports one event of {@code fd}: arms its registration, which is made if there is none yet.
     *
     * @param known the registration, or null
     * @return the registration, for the caller to keep
     */
    public static Registration arm(Registration known, Fd fd, Reactor.Handler handler, int wanted)
            throws IOException {
        Registration registration = known == null ? new Registration(fd, handler) : known;
        boolean succeeded = false;
        try {
            registration.arm(wanted);
            succeeded = true;
            return registration;
        } finally {
            if (!succeeded && known == null) {
                registration.forget(); // as nobody will keep it
            }
        }
    }

    /** Reports one event. Nothing is done where the descriptor has been closed. */
    void arm(int wanted) throws IOException {
        int number = fd.acquire();
        try {
            if (number >= 0) {
                interest = wanted;
                Succession.arm(number, wanted, id, added);
                added = true;
            }
        } finally {
            fd.release(number);
        }
    }

    /** Reports nothing until it is armed again. */
    public void disarm() throws IOException {
        interest = 0;
        int number = fd.acquire();
        try {
            if (number >= 0 && added) {
                Succession.disarm(number, id);
            }
        } finally {
            fd.release(number);
        }
    }

    /** Forgets a descriptor that is about to be closed, which takes it out of the kernel's list. */
    public void forget() {
        Registrations.remove(id);
    }

    /** Tells the kernel's new list, as the old one is lost. A second event does no harm. */
    void move(Watch watch) throws IOException {
        int number = fd.acquire();
        try {
            if (number >= 0 && interest != 0) {
                watch.add(number, interest, id);
            }
        } finally {
            fd.release(number);
        }
    }

    boolean isOpen() {
        return fd.isOpen();
    }

    /**
     * Calls the handler; if it fails, it is called again later, as the event will not come again.
     */
    void dispatch(int readyEvents) {
        events = readyEvents;
        attempt();
    }

    @Override
    protected void perform() throws Exception {
        handler.ready(events);
    }

    @Override
    public String toString() {
        return "events of " + handler;
    }
}
