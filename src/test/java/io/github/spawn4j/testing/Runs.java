// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;

/** What tests of runs have in common. */
public final class Runs {
    /**
     * For runs that are to end by themselves: long, so that it tells a hang from a busy machine.
     */
    public static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50)).anyExit();

    private Runs() {}

    public static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    /** How it fails. */
    public static CommandException failure(EmptyProcess process, RunOptions options) {
        return catchThrowableOfType(CommandException.class, () -> process.run(options));
    }
}
