// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplate.Statistics;
import io.github.spawn4j.internal.launch.Environment;
import io.github.spawn4j.tools.spawners.WarmTemplates;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** What a {@link RunCommand} asks for, in words. */
final class Explanation {
    private Explanation() {}

    /** The template is null unless the program is to be kept warm. */
    static String of(RunCommand run, List<String> attributes, SpawnTemplate template) {
        Table table =
                new Table("ll")
                        .row("program", program(run))
                        .row("arguments", arguments(run))
                        .row(
                                "directory",
                                run.directory == null
                                        ? System.getProperty("user.dir") + ", as ours"
                                        : run.directory.toString())
                        .row("environment", environment(run))
                        .row("streams", "standard input, output and error are ours")
                        .row("descriptors", "no others, whatever is open here")
                        .row("signals", "none blocked, default dispositions for all")
                        .row("attributes", attributes(attributes))
                        .row("strategy", strategy(run.strategy()))
                        .row("timeout", timeout(run))
                        .row("cgroup", cgroup(run))
                        .row("left behind", leftBehind(run));
        return (template == null ? table : table.row("warm", warm(template))).toString();
    }

    private static String warm(SpawnTemplate template) {
        Statistics statistics = template.statistics();
        return statistics
                .refusal()
                .map(reason -> "no, " + WarmTemplates.inWords(reason) + "; the start is cold")
                .orElse("process " + statistics.helperPid() + " has linked the program");
    }

    private static String program(RunCommand run) {
        if (run.strategy() == SpawnStrategy.JDK) {
            return Shell.quote(run.program()) + ", which the JDK finds";
        }
        Environment environment = new Environment();
        run.environment.forEach(environment::put);
        String directory = run.directory == null ? null : run.directory.toString();
        String name = run.program();
        try {
            String path = Programs.find(name, directory, environment);
            return path.equals(name) ? path : path + ", found in PATH as " + Shell.quote(name);
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static String arguments(RunCommand run) {
        return run.arguments().isEmpty()
                ? "none"
                : run.arguments().stream().map(Shell::quote).collect(Collectors.joining(" "));
    }

    private static String environment(RunCommand run) {
        return run.environment.isEmpty()
                ? "ours"
                : run.environment.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + Shell.quote(entry.getValue()))
                        .collect(Collectors.joining(" ", "ours, with ", ""));
    }

    private static String attributes(List<String> attributes) {
        return attributes.isEmpty()
                ? "umask, limits, ids and scheduling are ours"
                : String.join(", ", attributes);
    }

    private static String strategy(SpawnStrategy strategy) {
        return StrategyConverter.name(strategy)
                + ": "
                + mechanism(strategy)
                + (strategy == SpawnStrategy.JDK
                        ? SpawnStrategy.CLONE3.unsupported().map(why -> ", as " + why).orElse("")
                        : "");
    }

    static String mechanism(SpawnStrategy strategy) {
        switch (strategy) {
            case FORK:
                return "our memory map and our descriptor table are copied";
            case VFORK:
                return "our memory is lent until exec, our descriptor table is copied";
            case JDK:
                return "by java.lang.ProcessBuilder, which starts a thread for each process";
            case POSIX_SPAWN:
                return "by the C library, which lends our memory and copies our descriptor table";
            default:
                return "our memory is lent until exec, our descriptor table is not copied";
        }
    }

    private static String cgroup(RunCommand run) {
        if (!run.hasCgroup()) {
            return "ours";
        }
        return run.memory == null
                ? "one of its own, without limits"
                : "one of its own, with at most " + Units.mebibytes(run.memory) + " of memory";
    }

    private static String leftBehind(RunCommand run) {
        if (run.hasCgroup()) {
            return "nothing: the cgroup is removed with all processes in it";
        }
        return run.leaveNobody
                ? "nothing of its process group; a daemon, which leaves that, is not covered"
                : "all that it has started and that has not ended";
    }

    private static String timeout(RunCommand run) {
        return run.timeout == null
                ? "none"
                : Units.of(run.timeout)
                        + ", then SIGTERM, and SIGKILL after another "
                        + Units.of(RunCommand.GRACE);
    }
}
