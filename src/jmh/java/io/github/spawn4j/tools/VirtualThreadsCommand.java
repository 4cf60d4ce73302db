// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Counts the OS threads that virtual threads need to read the output of children. */
@Command(
        name = "virtual-threads",
        description = {
            "Starts virtual threads, each of which starts \"sleep 1; echo done\", reads its output"
                    + " and waits for it, and counts the OS threads meanwhile: how many there are"
                    + " at most, more than before, beside one carrier per processor. JDK 21 or"
                    + " newer.",
            "This library first, then ProcessBuilder, which keeps its threads for a while."
        })
final class VirtualThreadsCommand implements Callable<Integer> {
    private static final List<String> COMMAND = List.of("sh", "-c", "sleep 1; echo done");

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Virtual threads. Default: ${DEFAULT-VALUE}.")
    int count = 200;

    @Mixin JsonOption json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be positive");
        }
        if (!VirtualThread.isSupported()) {
            throw new IOException("this JVM has no virtual threads; JDK 21 has");
        }
        Map<Starter, Integer> threads = new EnumMap<>(Starter.class);
        for (Starter starter : Starter.values()) {
            threads.put(starter, additionalThreads(starter));
        }
        json.print(spec.commandLine().getOut(), () -> document(threads), () -> table(threads));
        return 0;
    }

    private int additionalThreads(Starter starter) throws IOException, InterruptedException {
        VirtualThread.startCarriers();
        int before = OsThreads.count();
        CompletableFuture<?>[] readers = new CompletableFuture<?>[count];
        try (OsThreads.Peak peak = new OsThreads.Peak()) {
            for (int i = 0; i < count; i++) {
                CompletableFuture<Void> reader = new CompletableFuture<>();
                readers[i] = reader;
                VirtualThread.start(() -> run(starter, reader));
            }
            CompletableFuture.allOf(readers).get();
            return peak.stop() - before;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static void run(Starter starter, CompletableFuture<Void> reader) {
        try {
            Process process = starter.start(COMMAND);
            byte[] output = process.getInputStream().readAllBytes();
            process.waitFor();
            if (!new String(output, StandardCharsets.US_ASCII).equals("done\n")) {
                throw new IOException("read " + output.length + " wrong bytes");
            }
            reader.complete(null);
        } catch (IOException | InterruptedException | RuntimeException e) {
            reader.completeExceptionally(e);
        }
    }

    private static String table(Map<Starter, Integer> threads) {
        Table table = new Table("lr").row("", "additional OS threads");
        threads.forEach((starter, most) -> table.row(starter.toString(), most.toString()));
        return table.toString();
    }

    private Map<String, Object> document(Map<Starter, Integer> threads) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("count", count);
        document.put("additionalThreads", threads);
        return document;
    }
}
