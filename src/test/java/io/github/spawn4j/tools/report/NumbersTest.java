// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void haveThreeDigits() {
        assertThat(Numbers.inWords(0.123456)).isEqualTo("0.123");
        assertThat(Numbers.inWords(12.3456)).isEqualTo("12.3");
        assertThat(Numbers.inWords(100)).isEqualTo("100");
        assertThat(Numbers.inWords(12345.6)).isEqualTo("12,300");
        assertThat(Numbers.inWords(999.6)).isEqualTo("1000");
        assertThat(Numbers.inWords(-3.456)).isEqualTo("-3.46");
        assertThat(Numbers.inWords(0)).isEqualTo("0");
        assertThat(Numbers.inWords(Double.NaN)).isEqualTo("–");
    }
}
