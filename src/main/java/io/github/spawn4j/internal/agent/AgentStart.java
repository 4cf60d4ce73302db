// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

/** The JFR event of a start that came to the agent. One thread at a time. */
@Name("io.github.spawn4j.AgentStart")
@Label("Process Start by Agent")
@Category("spawn4j")
@Description("A start of a process that the agent has taken over, or left to the JDK")
final class AgentStart extends Event {
    @Label("Program")
    final String program;

    @Label("Process Id")
    @Description("0 if it was left to the JDK, whose event jdk.ProcessStart has it")
    final long pid;

    @Label("Took")
    @Description("Until the program was executed; of a pipeline, until all were")
    @Timespan(Timespan.NANOSECONDS)
    final long took;

    @Label("Why Left")
    @Description("Why it was left to the JDK; null if it was taken over")
    final String whyLeft;

    private AgentStart(String program, long pid, long took, String whyLeft) {
        this.program = program;
        this.pid = pid;
        this.took = took;
        this.whyLeft = whyLeft;
    }

    static void record(String program, long pid, long took, String whyLeft) {
        new AgentStart(program, pid, took, whyLeft).commit();
    }
}
