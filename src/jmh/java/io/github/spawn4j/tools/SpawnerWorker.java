// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.CpuClock;
import io.github.spawn4j.tools.spawners.RemoteSpawner;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * The main class of a JVM that starts programs in one way only, as {@code native/programs/floor.c}
 * does: a number <i>n</i> on its standard input makes it start the program <i>n</i> times and write
 * as many lines, {@code START TOTAL PROCESSOR CODE BYTES}, and one, {@code CPU COMPILED}. All times
 * are in nanoseconds but the last, which is in milliseconds: the processor time of the JVM and its
 * children since it began, and the time that its compilers have worked.
 *
 * <p>A JVM for each way, as the compiler bets on what it has seen, and what one way leaves behind
 * (threads, handlers, memory) would be the next one's burden.
 */
public final class SpawnerWorker {
    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private SpawnerWorker() {}

    /**
     * @param args the name of a {@link SpawnerType}, a program, and what is to burden the JVM: the
     *     files that it has open, the MiB that it uses, and the files that it has opened first
     */
    public static void main(String[] args) throws IOException {
        PrintStream answers = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        try (NativePrograms programs = new NativePrograms();
                Ballast ballast = new Ballast(burden(args));
                Spawner spawner = SpawnerType.of(args[0]).open(args[1], programs)) {
            // Only now: an application has loaded its libraries before it is busy.
            ballast.load();
            serve(spawner, answers);
        } catch (IOException | InterruptedException e) {
            answers.println(RemoteSpawner.FAILED + e.getMessage());
        }
        answers.flush();
        // Threads of a peer may keep the JVM alive.
        System.exit(0);
    }

    private static Burden burden(String[] args) {
        return new Burden(
                Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    }

    private static void serve(Spawner spawner, PrintStream answers)
            throws IOException, InterruptedException {
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String order;
        while ((order = orders.readLine()) != null) {
            Samples samples = new Samples();
            spawner.spawn(Integer.parseInt(order), samples);
            samples.writeTo(answers);
            answers.println(CpuClock.ns() + " " + COMPILER.getTotalCompilationTime());
            answers.flush();
        }
    }
}
