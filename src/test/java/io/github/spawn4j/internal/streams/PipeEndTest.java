// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.testing.Eventually;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The room in a pipe through which much comes. */
@Timeout(60)
class PipeEndTest {
    private static final int USUAL = 1 << 16;
    private static final int WIDE = 1 << 18;

    /** More than may be wide at a time. */
    private static final int MANY = 100;

    private final List<Io.Pipe> pipes = new ArrayList<>();

    @Test
    void leavesRoomForThePipesOfOthers() throws IOException {
        List<PipeEnd> ends = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            ends.add(widened());
        }
        assertThat(capacity(0)).isEqualTo(WIDE);
        assertThat(capacity(MANY - 1)).isEqualTo(USUAL);

        ends.forEach(PipeEnd::close);
        PipeEnd next = widened();
        assertThat(capacity(MANY)).isEqualTo(WIDE);
        next.close();
        pipes.forEach(pipe -> pipe.writer().close());
    }

    private PipeEnd widened() throws IOException {
        Io.Pipe pipe = Io.pipe();
        pipes.add(pipe);
        PipeEnd end = new PipeEnd(pipe.reader(), Io.POLLIN, false);
        end.widen();
        return end;
    }

    private int capacity(int pipe) throws IOException {
        return Io.capacity(pipes.get(pipe).writer().number());
    }

    @Test
    void letsAChildGoAheadOfWhoReadsMuch() throws Exception {
        try (PidfdProcess process =
                PidfdProcess.builder("head").args("-c", "4194304", "/dev/zero").start()) {
            byte[] bytes = new byte[USUAL];
            for (int read = 0; read < 1 << 21; ) {
                read += process.getInputStream().read(bytes);
            }
            Eventually.isTrue(
                    "the child fills a wide pipe",
                    () -> process.getInputStream().available() == WIDE);
            process.destroyForcibly().waitFor();
        }
    }
}
