// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnTemplate;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Children that have ended before one looks: neither output nor exit is ever lost. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ShortChildrenTest {
    private static final int CHILDREN = 100_000;

    @Test
    void eachOfAHundredThousandInARowTellsItsLineAndItsExit() throws Exception {
        byte[] line = "true\n".getBytes(StandardCharsets.US_ASCII);
        Map<Integer, String> before = Os.descriptors();
        try (SpawnTemplate program =
                SpawnTemplate.builder(Os.program("line"))
                        .stdin(Redirect.DISCARD)
                        .stderr(Redirect.DISCARD)
                        .build()) {
            for (int i = 0; i < CHILDREN; i++) {
                PidfdProcess child = program.spawn();
                byte[] output = child.getInputStream().readAllBytes();
                int exit = child.waitFor();
                if (exit != 0 || output.length != line.length) { // assertions are dear
                    assertThat(exit).as("exit of child " + i).isZero();
                    assertThat(output).as("output of child " + i).isEqualTo(line);
                }
            }
        }
        assertThat(Os.children()).isEmpty();
        assertThat(Os.descriptors().keySet()).isSubsetOf(before.keySet());
    }
}
