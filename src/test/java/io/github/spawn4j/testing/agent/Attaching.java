// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import com.sun.tools.attach.VirtualMachine;

/** Loads the agent, whose jar is named, when it has started a process before. */
public final class Attaching {
    private Attaching() {}

    public static void main(String[] args) throws Exception {
        System.out.println("before: " + classOfProcess());
        VirtualMachine self = VirtualMachine.attach(String.valueOf(ProcessHandle.current().pid()));
        self.loadAgent(args[0]);
        self.detach();
        System.out.println("after: " + classOfProcess());
    }

    private static String classOfProcess() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.getClass().getName();
    }
}
