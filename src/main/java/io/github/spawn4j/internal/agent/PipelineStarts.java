// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Pipeline;
import io.github.spawn4j.SpawnException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/**
 * In the place of ProcessBuilder.startPipeline. What is left to the JDK comes by {@link
 * ProcessStarts}, which counts it.
 */
final class PipelineStarts extends Starts {
    PipelineStarts(Options options, Tally tally) {
        super(options, tally);
    }

    @Override
    List<Process> start(Object[] arguments) throws IOException {
        List<ProcessBuilder> builders = new ArrayList<>();
        for (Object builder : (List<?>) arguments[0]) {
            builders.add((ProcessBuilder) builder);
        }
        return isOne(builders) ? start(builders) : null;
    }

    /** What is none, or cannot be one, the JDK starts or refuses, in its own words. */
    private boolean isOne(List<ProcessBuilder> builders) {
        int last = builders.size() - 1;
        for (int i = 0; i <= last; i++) {
            ProcessBuilder builder = builders.get(i);
            boolean isPiped =
                    (i == 0 || isPipe(builder.redirectInput()))
                            && (i == last || isPipe(builder.redirectOutput()));
            List<String> command = builder.command();
            if (!isPiped || command.isEmpty() || !isWanted(command.get(0))) {
                return false;
            }
        }
        return last > 0;
    }

    private static boolean isPipe(Redirect redirect) {
        return redirect.type() == Redirect.Type.PIPE;
    }

    private static EmptyProcess[] stages(List<ProcessBuilder> builders) {
        EmptyProcess[] stages = new EmptyProcess[builders.size()];
        for (int i = 0; i < stages.length; i++) {
            stages[i] = ProcessStarts.byTheKernel(builders.get(i));
        }
        return stages;
    }

    private List<Process> start(List<ProcessBuilder> builders) throws IOException {
        long startNs = System.nanoTime();
        try {
            List<PidfdProcess> processes = Pipeline.of(stages(builders)).start();
            long tookNs = System.nanoTime() - startNs;
            for (int i = 0; i < processes.size(); i++) {
                String program = builders.get(i).command().get(0);
                tally.taken(program, processes.get(i).pid(), tookNs);
            }
            return new ArrayList<>(processes);
        } catch (SpawnException e) {
            if (!isOurs(e)) {
                throw e;
            }
            tally.say(e);
        } catch (RuntimeException | LinkageError e) {
            tally.say(e);
        }
        return null;
    }
}
