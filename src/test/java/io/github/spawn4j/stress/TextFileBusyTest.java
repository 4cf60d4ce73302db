// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * No child ever holds, not even for a moment, the file that another thread is writing: CLONE3
 * copies the low descriptors only.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TextFileBusyTest {
    private static final String SPAWNS_PER_THREAD = "4000";

    @TempDir private Path folder;

    @Test
    void programsThatWereJustWrittenAreNeverBusy() throws Exception {
        String output =
                SecondJvm.startedBy().run(WriteAndRun.class, folder.toString(), SPAWNS_PER_THREAD);

        assertThat(output).isEqualTo("0 busy");
    }
}
