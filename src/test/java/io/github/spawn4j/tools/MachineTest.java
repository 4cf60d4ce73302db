// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void saysWhatItIs() {
        Machine machine = new Machine();
        assertThat(machine.facts())
                .containsEntry("kernel", System.getProperty("os.version"))
                .containsEntry("jdk", System.getProperty("java.vm.version"))
                .containsKeys(
                        "processor",
                        "processors",
                        "virtual",
                        "governor",
                        "libc",
                        "loadBefore",
                        "stolenPercent");
        assertThat(machine.text())
                .contains("kernel " + System.getProperty("os.version"))
                .endsWith(".\n".repeat(machine.warnings().isEmpty() ? 0 : 1));
    }
}
