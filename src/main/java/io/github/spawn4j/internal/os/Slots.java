// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

/**
 * Makes one set of reserved low descriptors (native/src/slot.h) serve all class loaders of the JVM:
 * the first that loads the library reserves, the others adopt. Thread-safe.
 */
final class Slots {
    /*
     * Where the memory lies that they share is a field of a class of the bootstrap loader
     * (native/src/jni/holder.h). That is one for the whole JVM, and is never unloaded; and nobody prints
     * it, replaces it, or hands it on to another JVM as options, where the address would be one of
     * foreign memory. All of that happens to system properties. Security properties would do, but
     * the first look at one has the JVM read a long file, within the first start of a process.
     *
     * Its package is not ours, as it is to be the same for copies of the library that have been
     * given another one (native/src/relocated.h).
     *
     * As the name is a literal it is one object for all class loaders, and its monitor keeps two of
     * them from reserving at once.
     */
    private static final String HOLDER = "spawn4j.SlotsAddress";

    /**
     * GraalVM sets it in a native image, where no class can be defined, and all loaders have the
     * same copy of the library.
     */
    private static final String IMAGE = "org.graalvm.nativeimage.imagecode";

    private Slots() {}

    /**
     * To be called once the library is loaded. Returns false if there are no slots for want of
     * something that may be there the next time; to do without any is no error.
     */
    static boolean share() {
        synchronized (HOLDER) {
            if (System.getProperty(IMAGE) != null) {
                return reserve0() >= 0;
            }
            Class<?> holder = holder();
            long known = address0(holder);
            if (known != 0) {
                adopt0(known); // another version's are of no use to us
                return true;
            }
            long reserved = reserve0();
            if (reserved > 0) {
                setAddress0(holder, reserved);
            }
            return reserved >= 0;
        }
    }

    private static Class<?> holder() {
        try {
            return Class.forName(HOLDER, false, null);
        } catch (ClassNotFoundException e) {
            return defineHolder0();
        }
    }

    /** Defines the class for the bootstrap loader, which only native code can do. */
    private static native Class<?> defineHolder0();

    /** Returns 0 as long as nobody has set it. */
    private static native long address0(Class<?> holder);

    private static native void setAddress0(Class<?> holder, long address);

    /** Returns the address of the shared memory, 0 if there can be none, or -errno. */
    private static native long reserve0();

    private static native int adopt0(long address);
}
