// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.warm;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.spawners.WarmTemplates;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.util.Locale;

/** The ways that are compared. To add one: a constant and what it starts. */
public enum Way {
    CLONE3 {
        @Override
        Starter open(String program, String[] args, Workload workload) {
            return Starter.cold(
                    () ->
                            lead(PidfdProcess.builder(program).args(args))
                                    .environment(workload.environment())
                                    .directory(workload.directory())
                                    .strategy(SpawnStrategy.CLONE3)
                                    .start());
        }
    },

    /** A warm template whose requests only a cold start can do. */
    REFUSED {
        @Override
        Starter open(String program, String[] args, Workload workload) throws IOException {
            SpawnTemplate template = template(program, workload).warm(Warm.on()).build();
            WarmTemplates.settle(template);
            return Starter.of(
                    template, () -> lead(template.prepare().args(args)).env(UNLIKE, "1").start());
        }
    },

    WARM {
        @Override
        Starter open(String program, String[] args, Workload workload) throws IOException {
            return warm(program, args, workload, Warm.on());
        }
    },

    PARKED {
        @Override
        Starter open(String program, String[] args, Workload workload) throws IOException {
            return warm(program, args, workload, Warm.on().parked(CHILDREN));
        }
    };

    private static final int CHILDREN = 8;

    /** A variable that the linker reads, and that changes nothing. */
    private static final String UNLIKE = "LD_SPAWN4J";

    /**
     * What starts {@code program} in this way, to be closed by the caller. Its output is a pipe,
     * its input leads nowhere.
     *
     * @param program a path
     * @throws IOException if it cannot be kept warm
     */
    abstract Starter open(String program, String[] args, Workload workload) throws IOException;

    private static Starter warm(String program, String[] args, Workload workload, Warm settings)
            throws IOException {
        SpawnTemplate template = template(program, workload).warm(settings).build();
        WarmTemplates.ready(template);
        return Starter.of(template, () -> lead(template.prepare().args(args)).start());
    }

    private static SpawnTemplate.Builder template(String program, Workload workload) {
        return SpawnTemplate.builder(program)
                .environment(workload.environment())
                .directory(workload.directory());
    }

    private static EmptyProcess lead(EmptyProcess process) {
        return process.stdin(Redirect.DISCARD).stderr(Redirect.STDOUT);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
