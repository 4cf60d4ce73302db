// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many warm starts of all kinds at once: nothing is wrong, lost, done twice or left, also when
 * helpers and waiting children are killed, stopped and frozen. In the profile {@code soak} the
 * property {@code soak.warm} says how many.
 */
class WarmStormTest {
    private static final String FEW = "1000";
    private static final String MANY = System.getProperty("soak.warm", "100000");

    @Test
    @Timeout(120)
    void leavesAndLosesNothing() throws Exception {
        assertPasses(SecondJvm.startedBy(), FEW);
    }

    @Test
    @Timeout(120)
    void losesNothingThoughHelpersAndWaitingChildrenAreAttacked() throws Exception {
        assertPasses(SecondJvm.startedBy(), FEW, "attacked");
    }

    @Test
    @Tag("soak")
    void leavesAndLosesNothingInTheLongRun() throws Exception {
        assertPasses(SecondJvm.startedBy().limitMinutes(60), MANY);
    }

    @Test
    @Tag("soak")
    void losesNothingInTheLongRunThoughHelpersAndWaitingChildrenAreAttacked() throws Exception {
        assertPasses(SecondJvm.startedBy().limitMinutes(60), MANY, "attacked");
    }

    private static void assertPasses(SecondJvm jvm, String... args) throws Exception {
        String output = jvm.run(WarmStorm.class, args);
        System.out.println(output);
        assumeFalse(output.contains("refused "), () -> "no helper can be made: " + output);
        assertThat(output).endsWith("\nOK");
    }
}
