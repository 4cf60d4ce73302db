// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RatioTest {
    @Test
    void isMarkedIfItsIntervalHoldsOne() {
        assertThat(new Ratio(0.98, 0.94, 1.01, 30)).hasToString("~0.98 (0.94-1.01)");
        assertThat(new Ratio(0.62, 0.6, 0.641, 30)).hasToString("0.62 (0.60-0.64)");
        assertThat(new Ratio(1.5, 1.2, 2, 30).isTelling()).isTrue();
    }

    @Test
    void isRoundedForJson() {
        assertThat(new Ratio(0.12345, 0.1, 0.2, 9).entry())
                .containsExactly(
                        Map.entry("ratio", 0.123),
                        Map.entry("low", 0.1),
                        Map.entry("high", 0.2),
                        Map.entry("rounds", 9));
    }
}
