package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails when the library is used first may work later: nothing fails for ever. */
@Timeout(90)
class FirstUseTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theNextStartWorksWhicheverStepOfTheFirstOneFailed(int step) throws Exception {
        String output = SecondJvm.startedBy().run(FirstUse.class, Integer.toString(step));

        assertThat(output).contains("failing: ").endsWith("OK");
        assertThat(output).containsPattern("started|failing: (.*)\\n(.*\\n)*error: .*\\1");
    }
}
