// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.SpawnTemplate;
import java.util.concurrent.TimeUnit;

/**
 * Starts traced children while the process group gets SIGWINCH again and again, as when somebody
 * drags the edge of a terminal. For a JVM of its own that leads a process group. Prints OK.
 */
final class DenyWhileSignalsCome {
    private static final int TEMPLATES = 300;

    private DenyWhileSignalsCome() {}

    public static void main(String[] args) throws Exception {
        // In the group as well; ends with the JVM.
        Process pest =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "trap '' WINCH; echo; while kill -0 $PPID; do kill -WINCH 0; done")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            if (pest.getInputStream().read() < 0) {
                throw new IllegalStateException("no signals");
            }
            for (int i = 0; i < TEMPLATES; i++) {
                SpawnTemplate.builder("true").denyWrite().build().close();
            }
            if (!pest.isAlive()) {
                throw new IllegalStateException("no signals any more");
            }
        } finally {
            pest.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        System.out.println("OK");
    }
}
