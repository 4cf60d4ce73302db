// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.strict.StrictPidfdBuilder;
import io.github.spawn4j.strict.StrictSpawnTemplate;
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
        if (way.equals("strict builder")) {
            return startByStrictBuilder();
        }
        if (way.equals("strict template")) {
            return startByStrictTemplate();
        }
        try (SpawnTemplate template = SpawnTemplate.builder(NOOP).build()) {
            return template.spawn();
        }
    }

    private static PidfdProcess startByStrictBuilder() throws Exception {
        StrictPidfdBuilder.SpawnRunArgs args = new StrictPidfdBuilder.SpawnRunArgs();
        args.path = NOOP;
        args.argv = new String[] {NOOP};
        try (StrictPidfdBuilder handle =
                StrictPidfdBuilder.pidfd_open(0, StrictPidfdBuilder.PIDFD_EMPTY)) {
            handle.pidfd_spawn_run(args);
            return handle.process();
        }
    }

    private static PidfdProcess startByStrictTemplate() throws Exception {
        StrictSpawnTemplate.CreateArgs program = new StrictSpawnTemplate.CreateArgs();
        program.execfd = -1;
        program.filename = NOOP;
        StrictSpawnTemplate.SpawnArgs args = new StrictSpawnTemplate.SpawnArgs();
        args.pidfd = new int[1];
        args.argv = new String[] {NOOP};
        try (StrictSpawnTemplate template = StrictSpawnTemplate.spawn_template_create(program)) {
            return template.spawn_template_spawn(args);
        }
    }
}
