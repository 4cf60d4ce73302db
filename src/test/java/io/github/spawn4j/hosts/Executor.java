// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import io.github.spawn4j.EmptyProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;

/** The executor of Apache commons-exec, with another way to start a process. */
final class Executor extends DefaultExecutor {
    @SuppressWarnings("deprecation") // what its builder calls is not for subclasses
    Executor() {}

    @Override
    protected Process launch(CommandLine command, Map<String, String> env, Path directory)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command.toStrings());
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        if (env != null) {
            builder.environment().clear();
            builder.environment().putAll(env);
        }
        return EmptyProcess.from(builder).start();
    }
}
