// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.Sandbox;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.control.IdMap;
import io.github.spawn4j.control.IoClass;
import io.github.spawn4j.control.MemoryPolicy;
import io.github.spawn4j.control.Namespace;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.control.SchedulingPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Prints what is said of attributes where a filter refuses the calls that they need. */
final class RefusedAttributes {
    private RefusedAttributes() {}

    /**
     * @param args {@code rights} for those of identity and scheduling, {@code ids} for the last
     *     steps of some, {@code pids} for a pid namespace, {@code sandbox} for the whole
     */
    public static void main(String[] args) throws Exception {
        String which = args.length == 0 ? "" : args[0];
        for (EmptyProcess process : processes(which, args)) {
            try {
                PidfdProcess started = process.start();
                System.out.println("has exited with " + started.waitFor() + enforcement(started));
            } catch (SpawnException e) {
                String text = e.getMessage();
                System.out.println(
                        text.substring(
                                text.indexOf(" (", text.indexOf("error=")) + 2, text.length() - 1));
            }
        }
    }

    private static List<EmptyProcess> processes(String which, String... args) {
        switch (which) {
            case "rights":
                return rights();
            case "ids":
                return List.of(process().group(1), process().user(2, 3), process().capabilities());
            case "pids":
                return List.of(process().namespaces(Namespace.PID));
            case "sandbox":
                return sandboxes(Path.of(args[1]));
            default:
                return confinements();
        }
    }

    private static String enforcement(PidfdProcess process) {
        return process.enforcement().isEmpty() ? "" : " " + process.enforcement();
    }

    private static List<EmptyProcess> confinements() {
        return List.of(
                process().noNetwork(),
                process().privateTmp(),
                process().readOnlyExcept(Path.of("/")),
                process().seccomp(new byte[8]),
                process().noNewPrivileges(),
                process().fixedAddresses(),
                process().timerSlack(Duration.ofMillis(1)));
    }

    private static List<EmptyProcess> rights() {
        return List.of(
                process().newSession(),
                process().processGroup(0),
                process().scheduler(SchedulingPolicy.BATCH, 0),
                process().nice(7),
                process().ioPriority(IoClass.IDLE, 7),
                process().cpuAffinity(0),
                process().memoryPolicy(MemoryPolicy.LOCAL),
                process().oomScoreAdj(500),
                process().resetIds(),
                process().parentDeathSignal(Signal.KILL),
                process().userNamespace(IdMap.OWN, IdMap.OWN),
                process().namespaces(Namespace.IPC),
                process().chroot(Path.of("/")),
                process().namespaces(Namespace.PID),
                process().groups(),
                process().capabilities(),
                process().scheduler(SchedulingPolicy.BATCH, 0).nice(7), // by one call
                process().limit(Resource.RTTIME, 5),
                process().softLimit(Resource.RTTIME, 5));
    }

    private static List<EmptyProcess> sandboxes(Path scratch) {
        Sandbox sandbox = Sandbox.of(scratch);
        String script = "echo a > file && ! echo b > ../outside && ! mount -o remount,rw /";
        return List.of(
                PidfdProcess.builder("sh", "-c", script).stderr(Redirect.DISCARD).sandbox(sandbox),
                process().sandbox(sandbox.noNetwork()),
                process().sandbox(sandbox.noNetwork().bestEffort(Sandbox.Limit.NETWORK)),
                process()
                        .sandbox(
                                sandbox.noNetwork()
                                        .bestEffort(Sandbox.Limit.NETWORK, Sandbox.Limit.FILES)));
    }

    private static EmptyProcess process() {
        return PidfdProcess.builder("true");
    }
}
