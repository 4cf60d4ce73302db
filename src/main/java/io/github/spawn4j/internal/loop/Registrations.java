// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Log;
import java.util.Arrays;

/**
 * All registrations by their ids. Thread-safe.
 *
 * <p>They belong to no reactor, as they survive it. A table of our own, as to look something up in
 * a map takes memory, for the key, at a moment when an event is lost if there is none.
 */
final class Registrations {
    private static final Log LOG = Log.of(Registrations.class);

    private static final int FIRST_CAPACITY = 64;

    /** The lower half of an id is the place in the table, the upper one how often it was given. */
    private static final int PLACE_BITS = 32;

    private static final Object LOCK = new Object();

    @GuardedBy("LOCK")
    private static Registration[] places = new Registration[FIRST_CAPACITY];

    /** The id of each place's registration, or of its last one. */
    @GuardedBy("LOCK")
    private static long[] ids = new long[FIRST_CAPACITY];

    /** Free places, of which the last one is taken first. */
    @GuardedBy("LOCK")
    private static int[] free = new int[FIRST_CAPACITY];

    @GuardedBy("LOCK")
    private static int freeCount;

    /** Places from here on have never been taken. */
    @GuardedBy("LOCK")
    private static int used;

    private Registrations() {}

    /** Adds a registration. Returns its id, which is positive and never given again. */
    static long add(Registration registration) {
        synchronized (LOCK) {
            if (freeCount == 0 && used == places.length) {
                grow();
            }
            int place = freeCount > 0 ? free[--freeCount] : used++;
            ids[place] = (ids[place] & -1L << PLACE_BITS) + (1L << PLACE_BITS) + place;
            places[place] = registration;
            return ids[place];
        }
    }

    /** All or nothing, if there is no memory. */
    @GuardedBy("LOCK")
    private static void grow() {
        int capacity = 2 * places.length;
        Registration[] morePlaces = Arrays.copyOf(places, capacity);
        long[] moreIds = Arrays.copyOf(ids, capacity);
        free = Arrays.copyOf(free, capacity);
        ids = moreIds;
        places = morePlaces;
    }

    /**
     * The registration, or null if it has been removed, or never was: the events of an epoll
     * instance that somebody else has put in the place of ours bear what he has given them.
     */
    static Registration find(long id) {
        synchronized (LOCK) {
            int place = (int) id;
            return place >= 0 && place < used && ids[place] == id ? places[place] : null;
        }
    }

    /** Removes a registration, if that has not been done. */
    static void remove(long id) {
        synchronized (LOCK) {
            int place = (int) id;
            if (ids[place] == id && places[place] != null) {
                places[place] = null;
                free[freeCount++] = place;
            }
        }
    }

    /** Whether there is none, apart from those whose descriptor was closed without a word. */
    static boolean isEmpty() {
        synchronized (LOCK) {
            for (int place = 0; place < used; place++) {
                if (places[place] != null && places[place].isOpen()) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Moves all to the epoll instance of {@code watch}. */
    static void moveTo(Watch watch) {
        synchronized (LOCK) {
            for (int place = 0; place < used; place++) {
                if (places[place] != null) {
                    move(places[place], watch);
                }
            }
        }
    }

    private static void move(Registration registration, Watch watch) {
        try {
            registration.move(watch);
        } catch (Exception | Error e) {
            // The handler sees for itself what has become of its descriptor.
            LOG.error("{} are no longer reported by the kernel", registration, e);
            Newcomers.add(registration);
        }
    }
}
