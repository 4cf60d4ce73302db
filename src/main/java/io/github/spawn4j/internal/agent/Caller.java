// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import java.util.stream.Stream;

/** Who calls the method of the JDK that is taken over. */
final class Caller {
    private Caller() {}

    /** The name of the class; empty if the JVM itself calls. */
    static String name() {
        return StackWalker.getInstance().walk(Caller::first);
    }

    private static String first(Stream<StackWalker.StackFrame> frames) {
        return frames.map(StackWalker.StackFrame::getClassName)
                .dropWhile(name -> !startsProcesses(name)) // we ourselves
                .dropWhile(Caller::startsProcesses)
                .findFirst()
                .orElse("");
    }

    private static boolean startsProcesses(String name) {
        return name.equals("java.lang.ProcessImpl")
                || name.equals("java.lang.ProcessBuilder")
                || name.equals("java.lang.Runtime");
    }
}
