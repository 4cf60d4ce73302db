// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The kernel proposal's benchmark, with real tools on this machine. */
@Command(
        name = "agent-tools",
        description = {
            "Repeats the kernel proposal's benchmark with real tools on this machine.",
            "Calls rg, grep, sed, awk, cat, head, tail, find, stat, ls, git, python3, node, sh and"
                    + " bash, as a coding agent does, over source files and a git repository that it"
                    + " makes in a temporary directory.",
            "The same number of calls is always in flight, split among workers; a worker is one"
                    + " thread. Output is captured from pipes and checked. The ways take turns, in"
                    + " another order each time.",
            "Each way has a process of its own. python is its subprocess module, where python3 is"
                    + " installed; warm are templates that keep their programs warm, and parked have"
                    + " 8 children waiting each besides.",
            "\"of jdk\" divides calls per second, and processor time, by ProcessBuilder's in the"
                    + " same turn; in brackets what it is with a certainty of 95 %%, and ~ means:"
                    + " cannot be told apart. \"CPU\" is microseconds of processor time for a call,"
                    + " the tool's included; \"caller's\" is the part of it of the process that makes the"
                    + " calls. \"kernel proposal's\" is what its author"
                    + " gained over his own launch path.",
            "Then each tool alone, a line each: which of them gain, and what share of a call is its"
                    + " start at all."
        })
final class AgentToolsCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description =
                    "Calls per split and way. Default: ${DEFAULT-VALUE}; the proposal's: 6144.")
    int calls = 1024;

    @Option(
            names = "--tools",
            paramLabel = "NAME",
            split = ",",
            description = "Only calls of these, separated by commas. Default: all.")
    List<String> tools = Workload.tools();

    @Option(
            names = "--split",
            paramLabel = "WxI",
            converter = SplitConverter.class,
            description =
                    "W workers with I calls in flight each. May be repeated. Default: 1x16, 2x8,"
                            + " 4x4 and 8x2.")
    List<Split> splits = Split.ofProposal();

    @Option(
            names = "--ways",
            paramLabel = "NAME",
            split = ",",
            converter = WayConverter.class,
            description =
                    "The ways, separated by commas: jdk, nuprocess, python, builder, template, warm."
                            + " Default: all.")
    Set<Way> ways = EnumSet.allOf(Way.class);

    @Mixin JsonOption json;

    @Mixin HtmlOption html;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (calls < 1) {
            throw new ParameterException(spec.commandLine(), "--calls must be positive");
        }
        if (!Workload.tools().containsAll(tools)) {
            throw new ParameterException(
                    spec.commandLine(), "--tools can be " + String.join(", ", Workload.tools()));
        }
        Machine machine = new Machine();
        Remarks remarks = new Remarks(spec.commandLine().getErr());
        AgentTools.Results results = new AgentTools(tools, calls, remarks).measure(splits, ways);
        AgentToolsTables tables = new AgentToolsTables(results);
        html.write(machine, remarks.all(), AgentToolsFigures.of(results));
        json.print(
                spec.commandLine().getOut(),
                () -> document(tables, remarks.all(), machine),
                () -> tables.text() + machine.text());
        return 0;
    }

    private static Map<String, Object> document(
            AgentToolsTables tables, List<String> leftOut, Machine machine) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("leftOut", leftOut);
        machine.describe(document);
        document.putAll(tables.entries());
        return document;
    }
}
