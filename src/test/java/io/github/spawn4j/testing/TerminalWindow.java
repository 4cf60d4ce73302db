// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.WindowSize;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jline.builtins.ScreenTerminal;

/**
 * What somebody at a terminal has: a screen, which JLine's emulator of a VT100 keeps, and a
 * keyboard.
 */
public final class TerminalWindow implements AutoCloseable {
    private static final Pattern BLANKS = Pattern.compile(" +$", Pattern.MULTILINE);
    private static final long LIMIT_S = 20;

    private final PidfdProcess process;
    private final ScreenTerminal screen;
    private final FutureTask<Void> reader;

    private TerminalWindow(PidfdProcess process, WindowSize size) {
        this.process = process;
        screen = new ScreenTerminal(size.columns(), size.rows());
        reader = OwnThread.start(this::show);
    }

    /** Starts the process in a window of that size. */
    public static TerminalWindow open(EmptyProcess process, WindowSize size) throws IOException {
        return new TerminalWindow(process.terminal(size).start(), size);
    }

    private Void show() throws IOException {
        Reader shown = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
        char[] characters = new char[4096];
        int count;
        while ((count = shown.read(characters)) > 0) {
            screen.write(new String(characters, 0, count));
            String answer = screen.read();
            if (!answer.isEmpty()) {
                type(answer); // programs ask terminals what they are
            }
        }
        return null;
    }

    public void type(String keys) throws IOException {
        OutputStream keyboard = process.getOutputStream();
        keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    /** As who draws at the edge of a window. */
    public void resize(WindowSize size) throws IOException {
        screen.setSize(size.columns(), size.rows());
        process.windowSize(size);
    }

    /** What is on the screen: each line without the blanks behind it. */
    public String text() {
        return BLANKS.matcher(screen.toString()).replaceAll("");
    }

    public void awaitText(String text) throws Exception {
        Eventually.isTrue(
                () -> "\"" + text + "\" on the screen:\n" + text(), () -> text().contains(text));
    }

    public void awaitNoText(String text) throws Exception {
        Eventually.isTrue(
                () -> "no \"" + text + "\" on the screen:\n" + text(),
                () -> !text().contains(text));
    }

    /** Waits for the end of the process, and that all of its output is on the screen. */
    public int awaitExit() throws Exception {
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            throw new AssertionError("has not ended; the screen:\n" + text());
        }
        OwnThread.join(reader);
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
