// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * The two ways to a {@link Process} whose three streams are pipes. Ours comes first: the JDK keeps
 * its threads for a while.
 */
public enum Starter {
    SPAWN4J {
        @Override
        public Process start(List<String> command) throws IOException {
            return PidfdProcess.builder(command.get(0))
                    .args(command.subList(1, command.size()))
                    .start();
        }
    },

    JDK {
        @Override
        public Process start(List<String> command) throws IOException {
            return new ProcessBuilder(command).start();
        }
    };

    /** Starts a program, a path or a name in PATH, with its arguments. */
    public abstract Process start(List<String> command) throws IOException;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
