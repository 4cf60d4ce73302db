// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How calls in flight are split among workers.
 *
 * @param workers the number of threads
 * @param inFlight how many calls each of them keeps in flight
 */
public record Split(int workers, int inFlight) {
    private static final Pattern SYNTAX = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,3})");

    /** What spawn_template gained over the launch path that its author had, in percent. */
    private static final Map<Split, Double> PROPOSAL =
            Map.of(
                    new Split(1, 16), 2.26,
                    new Split(2, 8), 3.49,
                    new Split(4, 4), 4.99,
                    new Split(8, 2), 2.00);

    /** The splits of the proposal. */
    public static List<Split> ofProposal() {
        return Stream.of("1x16", "2x8", "4x4", "8x2").map(Split::of).collect(Collectors.toList());
    }

    /**
     * Reads {@code 2x8}.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static Split of(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not WORKERSxINFLIGHT, such as 2x8");
        }
        return new Split(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** The proposal's own gain, or null if it has no such split. */
    public Double proposalPercent() {
        return PROPOSAL.get(this);
    }

    /**
     * Makes calls. Returns the time that took, in nanoseconds.
     *
     * @throws IOException if one has failed or given a wrong answer
     */
    long run(Launcher launcher, List<Call> calls) throws IOException, InterruptedException {
        Queue<Call> queue = new ConcurrentLinkedQueue<>(calls);
        List<Worker> team =
                Stream.generate(() -> new Worker(launcher, queue, inFlight))
                        .limit(workers)
                        .collect(Collectors.toList());
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            long began = System.nanoTime();
            for (Future<Void> worker : threads.invokeAll(team)) {
                worker.get();
            }
            return System.nanoTime() - began;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } finally {
            threads.shutdown();
        }
    }

    @Override
    public String toString() {
        return workers + "x" + inFlight;
    }
}
