// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** A call that has been started. One thread at a time. */
final class Running {
    private final Call call;
    private final Process process;

    private Running(Call call, Process process) {
        this.call = call;
        this.process = process;
    }

    static Running start(Launcher launcher, Call call) throws IOException {
        return new Running(call, launcher.start(call));
    }

    void whenEnded(Consumer<Running> action) {
        process.onExit().thenRun(() -> action.accept(this));
    }

    /**
     * Reads the output to its end and waits for the exit. Returns the output.
     *
     * @throws IOException if the call has failed or its output is wrong
     */
    String finish() throws IOException, InterruptedException {
        String output;
        try (InputStream stdout = process.getInputStream()) {
            output = new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
        }
        int code = process.waitFor();
        if (code != 0 || !call.isRight().test(output)) {
            throw new IOException(
                    String.format(
                            "%s: exit code %d, unexpected output: %.400s", call, code, output));
        }
        return output;
    }

    void abandon() {
        process.destroyForcibly();
    }
}
