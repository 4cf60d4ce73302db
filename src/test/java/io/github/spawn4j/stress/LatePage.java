// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Reads from a child that holds the pipe while it waits for memory, and meanwhile needs the
 * collector; run by {@link LatePageTest}. Prints OK, or what was wrong.
 */
final class LatePage {
    private static final int PAGE = 4096;

    private static volatile byte[] garbage;

    private LatePage() {}

    public static void main(String[] args) throws Exception {
        try (PidfdProcess child = PidfdProcess.builder(Os.program("late_page")).start();
                BufferedReader errors = child.errorReader()) {
            String said = errors.readLine();
            if (!"waiting".equals(said)) {
                System.out.println(said);
                return;
            }
            InputStream output = child.getInputStream();
            FutureTask<Integer> reading = new FutureTask<>(() -> output.readNBytes(PAGE).length);
            Thread reader = new Thread(reading);
            reader.start();
            Os.await("in read(2)", () -> isReading(reader));
            FutureTask<Void> collecting = new FutureTask<>(LatePage::fillTheHeap, null);
            Thread collector = new Thread(collecting);
            collector.setDaemon(true);
            collector.start();
            try {
                collecting.get(20, TimeUnit.SECONDS); // TimeoutException: nothing was collected
            } finally {
                bringThePage(child);
            }
            System.out.println(reading.get() == PAGE ? "OK" : "read " + reading.get());
        }
    }

    private static boolean isReading(Thread reader) {
        StackTraceElement[] stack = reader.getStackTrace();
        return stack.length > 0 && stack[0].getMethodName().equals("read0");
    }

    /** Several times, so that the collector has to come more than once. */
    private static void fillTheHeap() {
        long size = 4 * Runtime.getRuntime().maxMemory();
        for (long filled = 0; filled < size; filled += 1 << 16) {
            garbage = new byte[1 << 16];
        }
    }

    private static void bringThePage(PidfdProcess child) throws IOException {
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
    }
}
