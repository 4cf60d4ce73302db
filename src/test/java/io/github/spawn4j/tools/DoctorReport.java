// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

/**
 * What {@code doctor} says of this JVM's surroundings, for tests of other packages. Immutable.
 *
 * @param text all that it has printed
 */
public record DoctorReport(String text) {
    /**
     * Asks it here.
     *
     * @throws IllegalStateException if it has failed, or complained
     */
    public static DoctorReport here() {
        ToolsTest.Run run = ToolsTest.run("doctor");
        if (run.exitCode() != 0 || !run.err().isEmpty()) {
            throw new IllegalStateException("exit code " + run.exitCode() + ", " + run.err());
        }
        return new DoctorReport(run.out());
    }

    /** What it concludes. */
    public String verdict() {
        return line("strategy:");
    }

    /** Whether it says that the capability is there. */
    public boolean has(String capability) {
        String rest = line(capability).substring(capability.length()).strip();
        return rest.startsWith("yes");
    }

    /** The line that begins so. */
    public String line(String beginning) {
        return text.lines()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + beginning + " in " + text));
    }
}
