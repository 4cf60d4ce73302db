// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

/**
 * The classes that a use needs only after there is a child: when it ends, when it is waited for or
 * torn down, when something goes wrong. Thread-safe.
 *
 * <p>They are loaded before. Where a reference to a class is followed for the first time while its
 * file cannot be read, as descriptors have run out, that reference is broken for ever: no exit
 * would ever be told, and nobody killed. Where it is loaded by its name the next use tries again.
 * The same holds for a class of the JDK whose initialiser meets a full heap: without {@link
 * Thread.State} no worker that is stuck would ever be found.
 */
final class LateClasses {
    private static final String LIBRARY = "io.github.spawn4j.";
    private static final String JDK = "java.";

    private LateClasses() {}

    /**
     * Loads those of {@code use}, and runs their initialisers.
     *
     * @throws NoClassDefFoundError if one cannot be loaded
     */
    static void load(int use) {
        for (String name : of(use)) {
            load(LIBRARY, name);
        }
        for (String name : ofJdk(use)) {
            load(JDK, name);
        }
    }

    private static void load(String where, String name) {
        try {
            Class.forName(where + name);
        } catch (ClassNotFoundException e) {
            NoClassDefFoundError error = new NoClassDefFoundError(e.getMessage());
            error.initCause(e);
            throw error;
        }
    }

    /**
     * Of the JDK's those whose initialiser takes memory, and that are used first by a thread of
     * ours.
     */
    private static String[] ofJdk(int use) {
        switch (use) {
            case FirstUse.START:
                return new String[] {"lang.Thread$State", "util.concurrent.FutureTask"};
            case FirstUse.GROUP:
                return new String[] {
                    "util.regex.Pattern", "util.TreeSet", "nio.channels.FileChannel",
                };
            default:
                return new String[0];
        }
    }

    private static String[] of(int use) {
        switch (use) {
            case FirstUse.START:
                return ofStart();
            case FirstUse.GROUP:
                return ofGroup();
            case FirstUse.RUN:
                return ofRun();
            case FirstUse.TERMINAL:
                return ofTerminal();
            default:
                return new String[0];
        }
    }

    private static String[] ofStart() {
        return new String[] {
            "internal.os.Errno$Table",
            "internal.os.Exit",
            "internal.os.TimeSlice",
            "internal.os.Uninterrupted",
            "internal.loop.VirtualThreads",
            "internal.loop.Registration",
            "internal.child.Child$Follower",
            "internal.child.Child$Use",
            "internal.loop.Timer",
            "internal.loop.Timer$State",
            "internal.loop.TimerHeap",
            "internal.loop.Deadline",
            "internal.loop.Poll",
            "internal.loop.Waker",
            "internal.loop.Readiness",
            "internal.loop.Errand",
            "internal.loop.Workers",
            "internal.loop.Workers$Worker",
            "internal.teardown.Escalation",
            "internal.teardown.Escalation$Attempt",
            "internal.teardown.Escalation$CloseInput",
            "internal.teardown.Escalation$Send",
            "internal.child.UnreachableException",
            "internal.streams.PipeInput",
            "internal.streams.PipeInput$Taking",
            "internal.streams.PipeOutput",
            "internal.streams.PipeOutput$ForUser",
            "internal.streams.Chunks",
            "internal.streams.Spillway",
            "KernelNewborn",
            "PipeStreams",
            "PipeStreams$NoOutput",
            "Signal",
            "ExitStatus$Exited",
            "ExitStatus$Killed",
            "ExitStatus$OutOfMemory",
            "ExitStatus$Unknown",
            "ResourceUsage",
        };
    }

    private static String[] ofGroup() {
        return new String[] {
            "internal.os.Leftovers",
            "internal.child.ProcessGroup",
            "internal.child.ProcessTable",
            "internal.child.ProcessTable$Question",
            "internal.child.ProcessTable$Stat",
            "internal.child.ProcessTable$View",
            "internal.teardown.Shutdown",
            "internal.cgroup.CgroupFiles",
            "internal.cgroup.CgroupMembers",
            "internal.teardown.Vanishing",
            "internal.access.Access",
            "control.Inside",
            "control.ProcessTree",
            "UserInput",
            "CpuBudget",
            "control.TreeUsage",
            "internal.cgroup.CgroupRemoval",
        };
    }

    private static String[] ofRun() {
        return new String[] {
            "Run",
            "Run$State",
            "Run$Stage",
            "Run$Output",
            "RunFailure",
            "RunEnding",
            "RunSummary",
            "CommandException",
            "CommandException$Reason",
            "CommandResult",
            "CommandResult$Stage",
            "RunningCommand",
            "CaptureDestination",
            "CaptureDestination$Copy",
            "CaptureDestination$Sink",
            "CaptureDestination$Sinks",
            "warm.StartKind",
            "CapturedOutput",
            "internal.streams.CaptureBuffer",
            "internal.streams.Chunks",
            "internal.streams.Drain",
            "internal.streams.Drain$Call",
            "internal.streams.Drain$Captured",
            "internal.streams.Drain$State",
            "internal.streams.Drain$ListenerException",
            "internal.streams.Drain$OverflowException",
            "internal.streams.ForeignCall",
            "internal.streams.Feed",
            "internal.streams.LiveFeed",
            "internal.streams.LiveFeed$Message",
            "internal.streams.Pump",
            "internal.streams.Splice",
            "internal.streams.Utf8",
            "internal.streams.LineSplitter",
            "Input$Writer",
        };
    }

    private static String[] ofTerminal() {
        return new String[] {
            "internal.os.Pty",
            "internal.os.Foreground",
            "internal.streams.Terminal",
            "internal.streams.Terminal$Call",
            "internal.streams.TerminalInput",
            "internal.streams.TerminalOutput",
            "internal.streams.TerminalOutput$Keyboard",
            "WindowSize",
        };
    }
}
