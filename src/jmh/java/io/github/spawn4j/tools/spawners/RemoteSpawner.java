// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/**
 * A process that starts programs when it is told to, and takes the times itself: the C program
 * {@code native/programs/floor.c}, and {@code SpawnerWorker}, which speaks the same language.
 */
public final class RemoteSpawner implements Spawner {
    /** What a line begins with that tells why there are no more. */
    public static final String FAILED = "failed: ";

    private static final int PROCESSOR = 2;
    private static final int CODE = 3;
    private static final int BYTES = 4;

    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private long cpuNs;
    private long compiledMs;

    /**
     * @param command of the process; its standard error is ours
     */
    public RemoteSpawner(List<String> command) throws IOException {
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        orders = process.outputWriter();
        answers = process.inputReader();
    }

    /**
     * As {@link Spawner#spawn}.
     *
     * @throws IOException if it cannot; with the reason, if the process has told it
     */
    @Override
    public void spawn(int count, Samples samples) throws IOException {
        orders.write(count + "\n");
        orders.flush();
        for (int i = 0; i < count; i++) {
            add(answer().split(" "), samples);
        }
        String[] sums = answer().split(" ");
        long nowNs = Long.parseLong(sums[0]);
        samples.addCpu(nowNs - cpuNs);
        cpuNs = nowNs;
        compiledMs = Long.parseLong(sums[1]);
    }

    public long pid() {
        return process.pid();
    }

    /** How long its compilers have worked so far. */
    public long compiledMs() {
        return compiledMs;
    }

    private static void add(String[] numbers, Samples samples) {
        long startNs = Long.parseLong(numbers[0]);
        long totalNs = Long.parseLong(numbers[1]);
        int processor = Integer.parseInt(numbers[PROCESSOR]);
        if (processor == CurrentProcessor.UNKNOWN) {
            samples.add(startNs, totalNs);
        } else {
            samples.add(startNs, totalNs, processor, Integer.parseInt(numbers[CODE]));
        }
        if (numbers.length > BYTES) {
            samples.addAllocated(Long.parseLong(numbers[BYTES]));
        }
    }

    private String answer() throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new EOFException("the process that starts programs has ended");
        }
        if (answer.startsWith(FAILED)) {
            throw new IOException(answer.substring(FAILED.length()));
        }
        return answer;
    }

    /** Kills it, as it may have ended already, so that its input cannot be closed in peace. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
