// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What fails when the library is used first may work later: nothing fails for ever. */
@Timeout(90)
class FirstUseTest {
    private static final Pattern FAILING = Pattern.compile("failing: (.*)");
    private static final int MOST_STEPS = 40;

    /** One step after the other, until there is none left; the named one must be among them. */
    @ParameterizedTest
    @CsvSource({
        "group, spawn4j-reactor",
        "run, spawn4j-worker-1",
        "tied, spawn4j-keeper",
        "traced, spawn4j-keeper"
    })
    void theNextUseWorksWhicheverStepOfTheFirstOneFailed(String use, String one) throws Exception {
        List<String> failed = new ArrayList<>();
        for (int step = 1; step <= MOST_STEPS; step++) {
            String output = SecondJvm.startedBy().run(FirstUse.class, use, Integer.toString(step));
            assertThat(output).as("step " + step).endsWith("OK");
            Matcher failing = FAILING.matcher(output);
            if (!failing.find()) {
                break;
            }
            failed.add(failing.group(1));
            assertThat(output).containsPattern("done|error: .*" + Pattern.quote(failing.group(1)));
        }
        assertThat(failed).as("steps").contains(one).hasSizeLessThan(MOST_STEPS);
    }
}
