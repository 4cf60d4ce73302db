// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.testing.LibraryCopy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Many threads that start processes with pipes at once, in one or more copies of the library. For a
 * JVM of its own. Prints how large the descriptor tables of the children are: one that was copied
 * from this JVM is larger than 64.
 */
public final class ManyStarts {
    private static final int THREADS = 128;
    private static final int EACH = 4;

    private ManyStarts() {}

    /**
     * Starts them.
     *
     * @param args how many copies
     */
    public static void main(String[] args) throws Exception {
        List<Callable<String>> tasks = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            LibraryCopy copy = new LibraryCopy();
            copy.call(ManyStarts.class, "tableSize"); // alone
            for (int thread = 0; thread < THREADS; thread++) {
                tasks.add(() -> (String) copy.call(ManyStarts.class, "tableSizes"));
            }
        }
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        TreeSet<String> sizes = new TreeSet<>();
        for (Future<String> size : threads.invokeAll(tasks)) {
            sizes.add(size.get());
        }
        threads.shutdown();
        System.out.println(sizes);
    }

    /** What one thread sees. */
    public static String tableSizes() throws Exception {
        TreeSet<String> sizes = new TreeSet<>();
        for (int i = 0; i < EACH; i++) {
            sizes.add(tableSize());
        }
        return String.join(" ", sizes);
    }

    /** What the kernel says of one child. */
    public static String tableSize() throws Exception {
        PidfdProcess grep = PidfdProcess.builder("grep", "FDSize", "/proc/self/status").start();
        String line = new String(grep.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        grep.waitFor();
        grep.getOutputStream().close();
        grep.getErrorStream().close();
        return line.replaceAll("\\D", "");
    }
}
