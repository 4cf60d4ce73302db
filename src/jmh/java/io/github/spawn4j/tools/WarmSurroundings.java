// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.WarmSpawn;
import io.github.spawn4j.tools.spawners.WarmTemplates;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Whether programs can be kept warm here, and what that depends on. */
final class WarmSurroundings {
    private WarmSurroundings() {}

    static Table addTo(Table table) {
        return table.row("warm templates", tried())
                .row("ptrace", answer(WarmSpawn.PTRACE))
                .row("kcmp", answer(WarmSpawn.KCMP))
                .row("checkpoint/restore", answer(WarmSpawn.CHECKPOINT_RESTORE))
                .row("tested linkers", linkers());
    }

    /** Tried, as of all that a helper needs, a kernel or a filter may lack each. */
    private static String tried() {
        try (SpawnTemplate template = SpawnTemplate.builder("true").warm(Warm.on()).build()) {
            return WarmTemplates.settle(template)
                    .map(reason -> "cannot be had: " + WarmTemplates.inWords(reason))
                    .orElse("can be had (tried with a " + template + ")");
        } catch (IOException | UncheckedIOException e) {
            return "cannot be had: " + e.getMessage();
        }
    }

    private static String answer(int need) {
        int result = WarmSpawn.ask(need);
        return result == 0 ? "yes, for warm templates" : "no: " + Errno.name(-result);
    }

    /** Those of the programs that were to be kept warm in this process: the one of {@code true}. */
    private static String linkers() {
        String lines = new String(WarmSpawn.linkers(), StandardCharsets.UTF_8);
        return lines.isEmpty()
                ? "none"
                : lines.lines().map(WarmSurroundings::linker).collect(Collectors.joining("; "));
    }

    private static String linker(String line) {
        String[] words = line.split(" ", 3); // verdict, build id, path
        String verdict = words[0].equals("same") ? " starts warm as cold" : " differs, refused";
        return words[2] + " (build id " + words[1] + ")" + verdict;
    }
}
