// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands over to JMH. */
@Command(
        name = JmhCommand.NAME,
        description = {
            "Runs JMH benchmarks; the arguments are JMH's.",
            "For example \"jmh StartBenchmark -p spawner=JDK,SPAWN4J_CLONE3\"; \"jmh -h\" lists"
                    + " JMH's options, and \"jmh -l\" the benchmarks, with a sentence each.",
            "Each runs in JVMs of its own. \"-prof"
                    + " io.github.spawn4j.tools.benchmarks.CpuTime\" adds the processor time, \"-prof"
                    + " gc\" the bytes that are allocated."
        })
final class JmhCommand implements Callable<Integer> {
    static final String NAME = "jmh";

    @Spec CommandSpec spec;

    // Not "-h", which is JMH's.
    @Option(names = "--help", usageHelp = true, description = "Shows this help.")
    boolean help;

    @Parameters(arity = "0..*", paramLabel = "ARGS", description = "Arguments for JMH.")
    List<String> args = List.of();

    @Override
    public Integer call() throws IOException {
        if (args.equals(List.of("-l"))) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(BenchmarkNames.table());
            out.flush();
            return 0;
        }
        org.openjdk.jmh.Main.main(args.toArray(new String[0]));
        return 0;
    }
}
