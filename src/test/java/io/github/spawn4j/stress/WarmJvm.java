// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.testing.KeptWarm;
import java.util.Set;

/**
 * Keeps a program warm, prints the pids of all its processes, and dies; see {@link WarmJvmTest}.
 */
final class WarmJvm {
    private static final int PARKED = 3;

    private WarmJvm() {}

    public static void main(String[] args) throws Exception {
        SpawnTemplate cat =
                SpawnTemplate.builder("cat").warm(KeptWarm.PATIENT.parked(PARKED)).build();
        if (KeptWarm.settled(cat).refusal().isPresent()) {
            System.out.println("refused " + cat.statistics().refusal().get());
            return;
        }
        PidfdProcess started = cat.spawn();
        // The helper, and those that wait, except the one that has been started.
        Os.await("children wait", () -> Os.children().size() >= 1 + PARKED);
        Set<Long> others = Os.children();
        others.remove(started.pid());
        others.forEach(pid -> System.out.println("waiting " + pid));
        System.out.flush();
        if (args[0].equals("killed")) {
            ProcessHandle self = ProcessHandle.current();
            new ProcessBuilder("kill", "-KILL", Long.toString(self.pid())).start().waitFor();
        }
    }
}
