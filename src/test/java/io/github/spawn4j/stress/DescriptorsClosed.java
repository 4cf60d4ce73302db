// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.testing.Strategies;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Closes every descriptor above 2 under the library's feet, as careless native code does, and
 * spawns on. For a JVM of its own. Prints OK, or what was wrong.
 */
final class DescriptorsClosed {
    /** Without these no class is found any more, and the JVM crashes. */
    private static final String OF_THE_JVM = ".*(/lib/modules|\\.jar)";

    private DescriptorsClosed() {}

    public static void main(String[] args) throws Exception {
        spawnAll();
        for (int round = 0; round < 3; round++) {
            Os.descriptors()
                    .tailMap(3)
                    .forEach(
                            (fd, target) -> {
                                if (!target.matches(OF_THE_JVM)) {
                                    new Fd(fd).close();
                                }
                            });
            spawnAll();
            spawnAll();
        }
        System.out.println("OK");
    }

    private static void spawnAll() throws Exception {
        for (SpawnStrategy strategy : Strategies.ofTheKernel()) {
            PidfdProcess cat = PidfdProcess.builder("cat").strategy(strategy).start();
            try (OutputStream stdin = cat.getOutputStream()) {
                stdin.write("text".getBytes(StandardCharsets.US_ASCII));
            }
            String output =
                    new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            int exit = cat.waitFor();
            if (!output.equals("text") || exit != 0) {
                throw new IllegalStateException(strategy + ": " + output + ", " + exit);
            }
            PidfdProcess noop =
                    PidfdProcess.builder(Os.program("noop"))
                            .strategy(strategy)
                            .stdin(Redirect.DISCARD)
                            .start();
            noop.onExit().get();
        }
    }
}
