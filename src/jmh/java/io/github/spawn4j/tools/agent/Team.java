// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.tools.method.ProcessorTimes;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A process that makes calls in one way when it is told to: an {@link AgentWorker}, or Python. One
 * for each way, as with one JVM for all each would carry what the others leave behind. One thread
 * at a time.
 */
public final class Team implements Closeable {
    /** What an answer begins with that tells why there are no more. */
    static final String FAILED = "failed: ";

    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final int processors = Runtime.getRuntime().availableProcessors();

    /**
     * @param command of the process; its standard error is ours
     */
    Team(List<String> command) throws IOException {
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        orders = process.outputWriter();
        answers = process.inputReader();
    }

    /**
     * Makes calls.
     *
     * @param numbers of the calls, as {@link Workload#choose} has given them
     * @throws IOException if one has failed or given a wrong answer
     */
    public Result.Slice call(Split split, List<Integer> numbers) throws IOException {
        ProcessorTimes before = ProcessorTimes.now();
        orders.write(
                split
                        + " "
                        + numbers.stream().map(Object::toString).collect(Collectors.joining(" "))
                        + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new EOFException("the process that makes the calls has ended");
        }
        if (answer.startsWith(FAILED)) {
            throw new IOException(answer.substring(FAILED.length()));
        }
        String[] times = answer.split(" ");
        long elapsedNs = Long.parseLong(times[0]);
        long ownNs = Long.parseLong(times[1]);
        long toolsNs = Long.parseLong(times[2]);
        double others =
                ownNs + toolsNs == 0
                        ? 0
                        : ProcessorTimes.now()
                                .othersSince(before, ownNs + toolsNs, elapsedNs, processors);
        return new Result.Slice(numbers.size(), elapsedNs, ownNs, toolsNs, others);
    }

    /** Kills it, as it may have ended already, so that its input cannot be closed in peace. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
