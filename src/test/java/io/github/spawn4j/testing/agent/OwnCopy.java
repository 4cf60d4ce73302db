// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import io.github.spawn4j.PidfdProcess;

/** An application that uses the library, and the JDK's way as well. */
public final class OwnCopy {
    private OwnCopy() {}

    public static void main(String[] args) throws Exception {
        Process own = PidfdProcess.builder("echo", "text").start();
        Process agents = new ProcessBuilder("echo", "text").start();
        System.out.println("own: " + read(own));
        boolean isOurs = agents instanceof PidfdProcess;
        System.out.println(
                "agent's: "
                        + read(agents)
                        + ", of "
                        + (isOurs ? "the same" : "another")
                        + " class");
        if (!agents.getClass().getName().equals(PidfdProcess.class.getName())) {
            throw new AssertionError(agents.getClass());
        }
    }

    private static String read(Process process) throws Exception {
        String text = new String(process.getInputStream().readAllBytes()).strip();
        return process.waitFor() == 0 ? text : "failed";
    }
}
