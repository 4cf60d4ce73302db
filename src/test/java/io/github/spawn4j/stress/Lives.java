// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.Capture;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Sandbox;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Starts a process of each kind, and then has happen to others what may happen to a process, in a
 * JVM that logs which classes it loads, between two that say when.
 */
final class Lives {
    /** Loaded when a process of each kind has been started. */
    static final class Begin {}

    /** Loaded at the end. */
    static final class End {}

    private static final long LIMIT_S = 20;

    private static final InputStream BROKEN =
            new InputStream() {
                @Override
                public int read() {
                    throw new IllegalStateException("broken");
                }
            };

    private Lives() {}

    public static void main(String[] args) throws Exception {
        Duration soon = Duration.ofMillis(1);
        Teardown ofGroup = Teardown.DEFAULT.ofGroup();
        Teardown ofInput = Teardown.closeInput(soon).then(Signal.KILL, soon);
        List<RunOptions> options =
                List.of(
                        RunOptions.timeout(soon),
                        RunOptions.noTimeout().expectExit(7),
                        RunOptions.noTimeout().stdin("text"),
                        RunOptions.noTimeout().stdin(new ByteArrayInputStream(new byte[1])),
                        RunOptions.noTimeout().stdin(BROKEN),
                        RunOptions.timeout(soon).stdout(Capture.keepTail(1)),
                        RunOptions.noTimeout().stdin("text").stdout(Capture.failBeyond(1)),
                        RunOptions.noTimeout().stdin("text").stdout(Capture.keepHead(1)),
                        RunOptions.noTimeout()
                                .stdin("text")
                                .stdout(Capture.keepHead(9).lines(Lives::refuse)));
        PidfdProcess.builder("true").start();
        PidfdProcess.builder("true").teardown(ofGroup).start();
        PidfdProcess.builder("true").teardown(ofInput).start();
        PidfdProcess.builder("true").runAsync(options.get(0));
        PidfdProcess sandboxed =
                PidfdProcess.builder("sh", "-c", "read line; while :; do :; done")
                        .sandbox(Sandbox.of(Path.of("/tmp")).cpuTime(Duration.ofMillis(500)))
                        .start();
        new Begin();
        liveThroughStarts();
        sandboxed.getOutputStream().close();
        sandboxed.onExit().get(LIMIT_S, TimeUnit.SECONDS);
        for (Teardown teardown : List.of(ofGroup, ofInput)) {
            PidfdProcess process = PidfdProcess.builder("cat").teardown(teardown).start();
            process.teardown().get(LIMIT_S, TimeUnit.SECONDS);
            PidfdProcess.builder("cat").teardown(teardown).start().close();
        }
        for (RunOptions option : options) {
            ended(PidfdProcess.builder("cat").runAsync(option));
        }
        CompletableFuture<?> cancelled =
                PidfdProcess.builder("sleep", "60").runAsync(options.get(1));
        cancelled.cancel(false);
        Os.await("no child is left", () -> Os.children().isEmpty());
        new End();
    }

    private static void liveThroughStarts() throws Exception {
        PidfdProcess process = PidfdProcess.builder("sleep", "60").start();
        process.waitFor(1, TimeUnit.MILLISECONDS);
        process.destroy();
        process.waitFor();
        process.exitStatus();
        process.resourceUsage();
        process = PidfdProcess.builder("true").start();
        process.onExit().get(LIMIT_S, TimeUnit.SECONDS);
        process.exitStatus();
        process = PidfdProcess.builder("cat").start();
        process.getOutputStream().write(1);
        process.getOutputStream().close();
        process.getInputStream().readAllBytes();
        process.close();
        process = PidfdProcess.builder("cat").start();
        process.teardown().get(LIMIT_S, TimeUnit.SECONDS);
        process.getInputStream().close();
    }

    private static void refuse(String line) {
        throw new IllegalStateException(line);
    }

    private static void ended(CompletableFuture<?> run) throws Exception {
        try {
            run.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            e.getCause().getMessage();
        }
    }
}
