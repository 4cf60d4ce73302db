// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A signal that meets a traced child before exec must not stop it: its tracer waits for exec. */
@Timeout(90)
class DenyWhileSignalsComeTest {
    private static final String SETSID = "/usr/bin/setsid";

    @Test
    void startsTracedChildrenWhileSignalsComeToTheProcessGroup() throws Exception {
        assumeTrue(new File(SETSID).canExecute(), "no setsid, for a process group of its own");

        String output = SecondJvm.startedBy(SETSID).run(DenyWhileSignalsCome.class);

        assertThat(output).endsWith("OK");
    }
}
