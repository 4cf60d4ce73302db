// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.WindowSize;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Processes on a terminal: what they show, and how we type. */
public final class Terminals {
    /** Of the window. */
    public static final WindowSize SIZE = new WindowSize(24, 80);

    private Terminals() {}

    /** A probe that takes these steps. */
    public static EmptyProcess probe(SpawnStrategy strategy, String... steps) {
        return Probe.with(strategy, steps).terminal(SIZE);
    }

    public static EmptyProcess shell(String script) {
        return PidfdProcess.builder("/bin/sh", "-c", script).terminal(SIZE);
    }

    /** All that is shown until the process has ended well, with the line ends of a file. */
    public static String shown(PidfdProcess process) throws Exception {
        byte[] shown = process.getInputStream().readAllBytes();
        String text = new String(shown, StandardCharsets.UTF_8).replace("\r\n", "\n");
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    /** What a probe sees that shows it. */
    public static ProbeReport report(EmptyProcess process) throws Exception {
        return new ProbeReport(shown(process.start()).getBytes(StandardCharsets.UTF_8));
    }

    public static void type(PidfdProcess process, String text) throws IOException {
        OutputStream keyboard = process.getOutputStream();
        keyboard.write(text.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }
}
