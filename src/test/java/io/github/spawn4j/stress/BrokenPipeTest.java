// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A child that does not read is an exception for who writes, and no signal for the JVM, which may
 * have a handler for SIGPIPE, or die of it as command line tools do.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BrokenPipeTest {
    @Test
    void isAnExceptionAndNoSignal() throws Exception {
        String output = SecondJvm.startedBy().run(BrokenPipe.class);

        assertThat(output.lines()).contains("Broken pipe", "signals: 1");
    }
}
