// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;

/** In the place of ProcessImpl.start, which ProcessBuilder.start has checked a command for. */
final class ProcessStarts extends Starts {
    ProcessStarts(Options options, Tally tally) {
        super(options, tally);
    }

    @Override
    Process start(Object[] arguments) throws IOException {
        return start(
                (String[]) arguments[0],
                (Map<?, ?>) arguments[1],
                (String) arguments[2],
                (Redirect[]) arguments[3],
                (Boolean) arguments[4]);
    }

    private Process start(
            String[] command,
            Map<?, ?> environment,
            String directory,
            Redirect[] redirects,
            boolean redirectsErrorStream)
            throws IOException {
        String program = command[0];
        if (isOfPipeline(redirects) || !isWanted(program)) {
            tally.left(program);
            return null;
        }
        long startNs = System.nanoTime();
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            if (environment != null) { // else nobody has asked for it, and it is the JVM's
                replace(builder.environment(), environment);
            }
            if (directory != null) {
                builder.directory(new File(directory));
            }
            if (redirects != null) {
                builder.redirectInput(redirects[0]);
                builder.redirectOutput(redirects[1]);
                builder.redirectError(redirects[2]);
            }
            builder.redirectErrorStream(redirectsErrorStream);
            PidfdProcess process = byTheKernel(builder).start();
            tally.taken(program, process.pid(), System.nanoTime() - startNs);
            return process;
        } catch (SpawnException e) {
            if (!isOurs(e)) {
                throw withoutProgram(e);
            }
            tally.left(program, e);
        } catch (RuntimeException | LinkageError e) {
            tally.left(program, e);
        }
        return null;
    }

    /** By the kernel or not at all: the JDK would come here again. */
    static EmptyProcess byTheKernel(ProcessBuilder builder) {
        return EmptyProcess.from(builder).strategy(SpawnStrategy.CLONE3);
    }

    /** Whether the JDK starts a pipeline itself, with descriptors that nobody else can read. */
    private static boolean isOfPipeline(Redirect[] redirects) {
        if (redirects != null) {
            for (Redirect redirect : redirects) {
                boolean isPipe = redirect.type() == Redirect.Type.PIPE;
                if (isPipe && redirect.getClass() != Redirect.PIPE.getClass()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void replace(Map<String, String> variables, Map<?, ?> wanted) {
        variables.clear();
        for (Map.Entry<?, ?> entry : wanted.entrySet()) {
            variables.put((String) entry.getKey(), (String) entry.getValue());
        }
    }

    /** ProcessBuilder puts in front which program it was, as the whole exception has it already. */
    private static IOException withoutProgram(SpawnException e) {
        return e.getCause() instanceof IOException cause ? cause : e;
    }
}
