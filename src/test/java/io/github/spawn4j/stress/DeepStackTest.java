package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recursion without an end that starts and uses processes on its way. */
@Timeout(90)
class DeepStackTest {
    @ParameterizedTest
    @ValueSource(strings = {"start", "tied", "traced", "run"})
    void leavesNoChildWithoutAnOwnerWhereverItsStackOverflows(String operation) throws Exception {
        String output = SecondJvm.startedBy().option("-Xint").run(DeepStack.class, operation);

        assertThat(output).endsWith("OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"waitFor", "onExit", "read", "write", "teardown"})
    void leavesAProcessThatOthersCanUseWhereverItsStackOverflows(String use) throws Exception {
        String output = SecondJvm.startedBy().option("-Xint").run(DeepUse.class, use);

        assertThat(output).endsWith("OK");
    }
}
