// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import java.lang.reflect.Field;

/** Starts a process, and looks whether the library has defined a class for it. */
final class InImage {
    private InImage() {}

    public static void main(String[] args) throws Exception {
        try (PidfdProcess process = PidfdProcess.builder("true").start()) {
            process.waitFor();
            ExitStatus exit = process.exitStatus();
            System.out.println(
                    exit + ", and " + (isDefined() ? "one" : "nothing") + " was defined");
        }
    }

    private static boolean isDefined() throws ReflectiveOperationException {
        Field holder =
                Class.forName("io.github.spawn4j.internal.os.Slots").getDeclaredField("HOLDER");
        holder.setAccessible(true);
        try {
            Class.forName((String) holder.get(null), false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
