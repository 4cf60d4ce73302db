package io.github.spawn4j.tools;

import io.github.spawn4j.SpawnStrategy;
import java.io.IOException;
import java.io.PrintWriter;
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
        PrintWriter out = spec.commandLine().getOut();
        out.println(Surroundings.table());

        Table capabilities = new Table("llrl").row("capability", "here", "since", "so");
        for (Capability capability : Capability.values()) {
            capabilities.row(capability.row());
        }
        out.println(capabilities);
        out.println(verdict());
        out.flush();
        return 0;
    }

    private static String verdict() {
        if (!Capability.WAITID_PIDFD.isThere()) {
            return "strategy: none. Exits are collected by pidfd, which this system does not allow;"
                    + " Linux 5.4 does.";
        }
        return "strategy: "
                + StrategyConverter.name(SpawnStrategy.CLONE3)
                + (Capability.CLONE3.isThere() ? "" : " (by way of clone(2))")
                + (Capability.CLOSE_RANGE.isThere()
                        ? ": "
                                + Explanation.mechanism(SpawnStrategy.CLONE3)
                                + ".\n"
                                + "The cost of a start depends neither on the JVM's memory nor on"
                                + " how many files it has open."
                        : ": "
                                + Explanation.mechanism(SpawnStrategy.VFORK)
                                + ".\n"
                                + "The cost of a start grows with the number of open files.");
    }
}
