// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.strict.StrictSpawnTemplate;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads write an executable each and run it at once, over and over, while other threads spawn.
 * For a JVM of its own, in which no other test spawns with a copied table. Prints how many were
 * busy.
 */
final class WriteAndRun {
    private static final int ETXTBSY = 26;
    private static final int WRITERS = 8;
    private static final int SPAWNERS = 3;
    private static final FileAttribute<?> EXECUTABLE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private WriteAndRun() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        byte[] program = Files.readAllBytes(Path.of(Os.program("noop")));
        AtomicInteger busy = new AtomicInteger();
        AtomicBoolean finished = new AtomicBoolean();
        PidfdProcess.builder(Os.program("noop")).start().waitFor();

        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + SPAWNERS);
        List<Future<?>> spawners = new ArrayList<>();
        for (int i = 0; i < SPAWNERS; i++) {
            spawners.add(threads.submit(i == 0 ? spawnStrictly(finished) : spawn(finished)));
        }
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Path file = folder.resolve("program" + i);
            writers.add(threads.submit(write(file, program, rounds, busy)));
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        finished.set(true);
        for (Future<?> spawner : spawners) {
            spawner.get();
        }
        threads.shutdown();
        System.out.println(busy + " busy");
    }

    private static Callable<Void> write(Path file, byte[] program, int rounds, AtomicInteger busy) {
        return () -> {
            for (int round = 0; round < rounds; round++) {
                if (round % 2 == 0) {
                    writeAsStream(file, program);
                } else {
                    writeAsChannel(file, program);
                }
                try {
                    int exit = PidfdProcess.builder(file.toString()).inheritIO().start().waitFor();
                    if (exit != 0) {
                        throw new IllegalStateException("exit code " + exit);
                    }
                } catch (SpawnException e) {
                    if (e.errno() != ETXTBSY) {
                        throw e;
                    }
                    busy.incrementAndGet();
                }
                Files.delete(file);
            }
            return null;
        };
    }

    /** As most do: written, then made executable. */
    private static void writeAsStream(Path file, byte[] program) throws Exception {
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(program);
            // Still open for writing; the shorter the time to exec, the better.
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static void writeAsChannel(Path file, byte[] program) throws Exception {
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(file, options, EXECUTABLE)) {
            out.write(ByteBuffer.wrap(program));
        }
    }

    private static Callable<Void> spawn(AtomicBoolean finished) {
        return () -> {
            while (!finished.get()) {
                PidfdProcess.builder(Os.program("noop")).stdin(Redirect.DISCARD).start().waitFor();
            }
            return null;
        };
    }

    private static Callable<Void> spawnStrictly(AtomicBoolean finished) {
        return () -> {
            StrictSpawnTemplate.CreateArgs create = new StrictSpawnTemplate.CreateArgs();
            create.execfd = -1;
            create.filename = Os.program("noop");
            StrictSpawnTemplate.SpawnArgs spawn = new StrictSpawnTemplate.SpawnArgs();
            spawn.pidfd = new int[1];
            try (StrictSpawnTemplate template = StrictSpawnTemplate.spawn_template_create(create)) {
                while (!finished.get()) {
                    template.spawn_template_spawn(spawn).waitFor();
                }
            }
            return null;
        };
    }
}
