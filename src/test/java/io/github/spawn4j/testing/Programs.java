// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Programs that a machine may be without; {@code .ci/run} installs them. */
public final class Programs {
    private Programs() {}

    /** Skips the test where the program is not in PATH. */
    public static void assumeInstalled(String name) {
        boolean isInstalled =
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
        assumeTrue(isInstalled, name + " is not installed");
    }
}
