// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LateClassesTest {
    /** They are named by texts, which no compiler checks. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                FirstUse.START,
                FirstUse.RUN,
                FirstUse.TERMINAL,
                FirstUse.GROUP,
                FirstUse.HELPER
            })
    void areThereUnderTheirNames(int use) {
        assertThatCode(() -> LateClasses.load(use)).doesNotThrowAnyException();
    }
}
