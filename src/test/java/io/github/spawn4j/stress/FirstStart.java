// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import java.nio.file.Path;

/** Starts one process, in a JVM that logs which classes it loads, between two that say when. */
final class FirstStart {
    /** Loaded just before. */
    static final class Begin {}

    /** Loaded when the start has returned. */
    static final class End {}

    private static final String NOOP =
            Path.of(System.getProperty("spawn4j.native.bin"), "noop").toString();

    private FirstStart() {}

    public static void main(String[] args) throws Exception {
        new Begin();
        PidfdProcess process = start(args[0]);
        new End();
        process.waitFor();
    }

    private static PidfdProcess start(String way) throws Exception {
        if (way.equals("builder")) {
            return PidfdProcess.builder(NOOP).start();
        }
        if (way.equals("ProcessBuilder")) {
            return EmptyProcess.from(new ProcessBuilder(NOOP)).start();
        }
        try (SpawnTemplate template = SpawnTemplate.builder(NOOP).build()) {
            return template.spawn();
        }
    }
}
