// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

/** A time in which the JVM can open nothing. Classes must have been loaded before. */
public final class NoDescriptors {
    /** Fewer descriptors than any JVM has open. */
    private static final long NONE_LEFT = 10;

    /** What happens meanwhile. */
    public interface Step {
        void run() throws Exception;
    }

    private NoDescriptors() {}

    public static void during(Step step) throws Exception {
        long[] limit = new long[2];
        LibC.check("getrlimit", LibC.getrlimit(LibC.RLIMIT_NOFILE, limit));
        LibC.check(
                "setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, new long[] {NONE_LEFT, limit[1]}));
        try {
            step.run();
        } finally {
            LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, limit));
        }
    }
}
