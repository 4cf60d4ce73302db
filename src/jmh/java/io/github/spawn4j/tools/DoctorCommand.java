// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.NativeHalf;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what this kernel and container allow, and what the library makes of it. */
@Command(
        name = "doctor",
        description = {
            "Says what this kernel and this container allow, and how a process would therefore be"
                    + " started.",
            "Everything is tried, nothing is concluded from the kernel's version."
        })
final class DoctorCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Override
    public Integer call() throws IOException {
        try {
            report();
            return 0;
        } catch (IOException | UncheckedIOException | LinkageError e) {
            Optional<String> shortage = OpenFiles.shortage();
            if (shortage.isPresent()) {
                throw new IOException(shortage.get(), e);
            }
            throw e;
        }
    }

    private void report() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        String absence = NativeHalf.absence();
        if (absence != null) {
            Optional<String> shortage = OpenFiles.shortage();
            if (shortage.isPresent()) {
                throw new IOException(shortage.get());
            }
            out.println(Surroundings.ofJvm());
            out.println(fallback(absence));
            out.flush();
            return;
        }
        out.println(Surroundings.table());

        Table capabilities = new Table("llrl").row("capability", "here", "since", "so");
        for (Capability capability : Capability.values()) {
            capabilities.row(capability.row());
        }
        out.println(capabilities);
        out.println(verdict());
        out.flush();
    }

    /** What is done where the kernel's own calls are not to be had. */
    private static String fallback(String reason) {
        SpawnStrategy instead = SpawnStrategy.automatic();
        return "strategy: "
                + (instead == SpawnStrategy.JDK
                        ? StrategyConverter.name(instead) + ": " + Explanation.mechanism(instead)
                        : "none")
                + ", because "
                + reason;
    }

    /** Tried as well: whatever else stands in the way, a start says so. */
    private static String verdict() {
        Optional<String> refusal = refusal();
        if (refusal.isPresent()) {
            return fallback(refusal.get());
        }
        boolean copiesNothing =
                Capability.CLOSE_RANGE.isThere() && Capability.MEMFD_CREATE.isThere();
        return "strategy: "
                + StrategyConverter.name(SpawnStrategy.CLONE3)
                + (Capability.CLONE3.isThere() ? "" : " (by way of clone(2))")
                + ": "
                + Explanation.mechanism(copiesNothing ? SpawnStrategy.CLONE3 : SpawnStrategy.VFORK)
                + (copiesNothing
                        ? ".\n"
                                + "The cost of a start depends neither on the JVM's memory nor, if"
                                + " the library is loaded early, on how many files it has open."
                        : ".\nThe cost of a start grows with the number of open files.");
    }

    /** Why nothing can be started; that this one program is not there is no reason. */
    private static Optional<String> refusal() {
        if (!Capability.WAITID_PIDFD.isThere()) {
            return Optional.of("waitid(2) by pidfd is not allowed here; Linux 5.4 knows it");
        }
        try {
            PidfdProcess.builder("true")
                    .strategy(SpawnStrategy.CLONE3)
                    .inheritIO()
                    .start()
                    .onExit()
                    .join();
            return Optional.empty();
        } catch (SpawnException e) {
            return e.errno() == Errno.ENOENT
                    ? Optional.empty()
                    : Optional.of(e.getCause().getMessage());
        }
    }
}
