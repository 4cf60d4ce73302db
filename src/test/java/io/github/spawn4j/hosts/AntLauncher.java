// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import io.github.spawn4j.EmptyProcess;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.tools.ant.Project;
import org.apache.tools.ant.taskdefs.launcher.CommandLauncher;

/**
 * What Ant starts processes with under {@code
 * -Dant.vmLauncher=io.github.spawn4j.hosts.AntLauncher}, or by a reference of the project.
 */
public final class AntLauncher extends CommandLauncher {
    private static final AtomicInteger STARTED = new AtomicInteger();

    /** By Ant, which knows it by its name. */
    public AntLauncher() {}

    static int started() {
        return STARTED.get();
    }

    @Override
    public Process exec(Project project, String[] command, String[] env) throws IOException {
        return exec(project, command, env, null);
    }

    @Override
    public Process exec(Project project, String[] command, String[] env, File directory)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory);
        if (env != null) {
            builder.environment().clear();
            for (String entry : env) {
                int equals = entry.indexOf('=');
                builder.environment().put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        STARTED.incrementAndGet();
        return EmptyProcess.from(builder).start();
    }
}
