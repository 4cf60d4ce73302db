// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class BlocksTest {
    private static final String DOCUMENT =
            "# Title\n<!-- report: one -->\nold\n<!-- end of report -->\nby hand\n"
                    + "<!-- report: two -->\n<!-- end of report -->\n";

    @Test
    void areFilledAndNothingElseIsChanged() throws Exception {
        assertThat(Blocks.fill(DOCUMENT, name -> "\nnew " + name + " $1\n"))
                .isEqualTo(
                        "# Title\n<!-- report: one -->\nnew one $1\n<!-- end of report -->\nby hand\n"
                                + "<!-- report: two -->\nnew two $1\n<!-- end of report -->\n");
    }

    @Test
    void areTheSameWhenTheyAreFilledAgain() throws Exception {
        String once = Blocks.fill(DOCUMENT, name -> "new");
        assertThat(Blocks.fill(once, name -> "new")).isEqualTo(once);
    }

    @Test
    void refuseANameThatNobodyKnows() {
        assertThatThrownBy(
                        () ->
                                Blocks.fill(
                                        DOCUMENT,
                                        name -> {
                                            throw new IOException("no " + name);
                                        }))
                .hasMessage("no one");
    }
}
