package io.github.spawn4j.tools;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hands over to JMH. */
@Command(
        name = JmhCommand.NAME,
        description = {
            "Runs JMH benchmarks; the arguments are JMH's.",
            "For example \"jmh StartBenchmark -p spawner=JDK,SPAWN4J_CLONE3\"; \"jmh -h\" lists"
                    + " JMH's options."
        })
final class JmhCommand implements Callable<Integer> {
    static final String NAME = "jmh";

    // Not "-h", which is JMH's.
    @Option(names = "--help", usageHelp = true, description = "Shows this help.")
    boolean help;

    @Parameters(arity = "0..*", paramLabel = "ARGS", description = "Arguments for JMH.")
    List<String> args = List.of();

    @Override
    public Integer call() throws IOException {
        org.openjdk.jmh.Main.main(args.toArray(new String[0]));
        return 0;
    }
}
