// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.access;

/** What each exported package shows the others. Thread-safe. */
public final class Access {
    /*
     * Each class Inside registers an instance of itself when it is initialised. So it need neither be
     * public nor be made by reflection, and is not loaded before somebody asks for it: an ordinary
     * start does not.
     */
    private static volatile EverydayAccess everyday;
    private static volatile StrictAccess strict;
    private static volatile ControlAccess control;
    private static volatile WarmAccess warm;

    private Access() {}

    public static void register(EverydayAccess access) {
        everyday = access;
    }

    public static void register(StrictAccess access) {
        strict = access;
    }

    public static void register(ControlAccess access) {
        control = access;
    }

    public static void register(WarmAccess access) {
        warm = access;
    }

    public static EverydayAccess everyday() {
        if (everyday == null) {
            initialize("io.github.spawn4j.Inside");
        }
        return everyday;
    }

    public static StrictAccess strict() {
        if (strict == null) {
            initialize("io.github.spawn4j.strict.Inside");
        }
        return strict;
    }

    public static ControlAccess control() {
        if (control == null) {
            initialize("io.github.spawn4j.control.Inside");
        }
        return control;
    }

    public static WarmAccess warm() {
        if (warm == null) {
            initialize("io.github.spawn4j.warm.Inside");
        }
        return warm;
    }

    private static void initialize(String name) {
        try {
            Class.forName(name);
        } catch (ClassNotFoundException e) {
            NoClassDefFoundError error = new NoClassDefFoundError(e.getMessage());
            error.initCause(e);
            throw error;
        }
    }
}
