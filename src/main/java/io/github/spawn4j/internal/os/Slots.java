package io.github.spawn4j.internal.os;

import java.security.Security;

/**
 * Makes one set of reserved low descriptors (native/src/slot.h) serve all class loaders of the JVM:
 * the first that loads the library reserves, the others adopt. Thread-safe.
 */
final class Slots {
    /*
     * Where the memory lies that they share is a security property. Those are one set for the whole
     * JVM, and nobody prints them, replaces them as a whole, or hands them on to another JVM as
     * options, where the address would be one of foreign memory. All of that happens to system
     * properties.
     *
     * As the name is a literal it is one object for all class loaders, and its monitor keeps two of
     * them from reserving at once.
     */
    private static final String ADDRESS = "io.github.spawn4j.slots";

    private Slots() {}

    /**
     * To be called once the library is loaded. Returns false if there are no slots for want of
     * something that may be there the next time; to do without any is no error.
     */
    static boolean share() {
        synchronized (ADDRESS) {
            String known = Security.getProperty(ADDRESS);
            if (known != null) {
                adopt0(Long.parseLong(known)); // another version's are of no use to us
                return true;
            }
            long reserved = reserve0();
            if (reserved > 0) {
                Security.setProperty(ADDRESS, Long.toString(reserved));
            }
            return reserved >= 0;
        }
    }

    /** Returns the address of the shared memory, 0 if there can be none, or -errno. */
    private static native long reserve0();

    private static native int adopt0(long address);
}
