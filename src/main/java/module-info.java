// SPDX-License-Identifier: Apache-2.0
/**
 * Starts processes on Linux: templates, the pidfd builder and {@link java.lang.Process} handles
 * over clone3 and pidfds.
 */
module io.github.spawn4j {
    requires org.slf4j;
    requires static com.google.errorprone.annotations;
    requires static org.jspecify;

    // The agent's alone, which finds the last one in the jar.
    requires static java.instrument;
    requires static jdk.jfr;
    requires static org.objectweb.asm;

    exports io.github.spawn4j;
    exports io.github.spawn4j.control;
    exports io.github.spawn4j.strict;
    exports io.github.spawn4j.warm;
    exports io.github.spawn4j.internal.agent to
            java.base,
            java.instrument;

    uses org.slf4j.spi.SLF4JServiceProvider; // looked for, not loaded
}
