// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParagraphTest {
    private static final String WORDS = "word ".repeat(100).strip();

    @Test
    void hasLinesOfNoMoreThan150Letters() {
        String wrapped = Paragraph.wrap(WORDS);
        assertThat(wrapped.lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(150));
        assertThat(wrapped.replace('\n', ' ')).isEqualTo(WORDS);
    }

    @Test
    void ofAnItemOfAListIsIndented() {
        assertThat(Paragraph.wrap("- " + WORDS).lines().skip(1))
                .allSatisfy(line -> assertThat(line).startsWith("  word"));
    }
}
