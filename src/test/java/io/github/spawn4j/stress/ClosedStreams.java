// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.testing.Strategies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Tells which descriptors children of a JVM have whose own standard streams may be closed: first
 * the JVM's own, then for each strategy the children's. Arguments: the file for the report, a file
 * for the child's.
 */
final class ClosedStreams {
    private static final Map<String, Redirect> REDIRECTS =
            new TreeMap<>(
                    Map.of(
                            "inherit",
                            Redirect.INHERIT,
                            "pipe",
                            Redirect.PIPE,
                            "discard",
                            Redirect.DISCARD));

    private ClosedStreams() {}

    public static void main(String[] args) throws Exception {
        Path childReport = Path.of(args[1]);
        List<String> report = new ArrayList<>();
        report.add(own());
        for (SpawnStrategy strategy : Strategies.ofTheKernel()) {
            REDIRECTS.forEach(
                    (name, redirect) -> {
                        try {
                            report.add(
                                    strategy
                                            + " "
                                            + name
                                            + ": "
                                            + descriptors(strategy, redirect, childReport));
                        } catch (Exception e) {
                            report.add(strategy + " " + name + ": " + e);
                        }
                    });
            report.add(strategy + " through pipes: " + throughPipes(strategy));
        }
        Files.write(Path.of(args[0]), report);
    }

    /** The standard streams that this JVM has, or what it has opened under their numbers. */
    private static String own() throws IOException {
        Kernel.capabilities(); // from now on nothing is opened below 64
        return Os.descriptors().headMap(3).entrySet().stream()
                .filter(entry -> !entry.getValue().contains("spawn4j-reserved"))
                .map(entry -> entry.getKey().toString())
                .collect(Collectors.joining(" "));
    }

    private static String descriptors(SpawnStrategy strategy, Redirect redirect, Path childReport)
            throws Exception {
        int exit =
                PidfdProcess.builder(Os.program("descriptors"), childReport.toString())
                        .strategy(strategy)
                        .stdin(redirect)
                        .stdout(redirect)
                        .stderr(redirect)
                        .start()
                        .waitFor();
        return exit == 0 ? Files.readString(childReport).strip() : "exit code " + exit;
    }

    private static String throughPipes(SpawnStrategy strategy) throws Exception {
        PidfdProcess cat = PidfdProcess.builder("cat").strategy(strategy).start();
        cat.getOutputStream().write("text".getBytes(StandardCharsets.US_ASCII));
        cat.getOutputStream().close();
        String output = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return output + " " + cat.waitFor();
    }
}
