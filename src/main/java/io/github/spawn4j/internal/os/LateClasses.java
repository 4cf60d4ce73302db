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
            "internal.io.VirtualThreads",
            "internal.io.Registration",
            "internal.io.Child$Follower",
            "internal.io.Child$Use",
            "internal.io.Timer",
            "internal.io.Timer$State",
            "internal.io.TimerHeap",
            "internal.io.Deadline",
            "internal.io.Poll",
            "internal.io.Waker",
            "internal.io.Readiness",
            "internal.io.Errand",
            "internal.io.Workers",
            "internal.io.Workers$Worker",
            "internal.io.Escalation",
            "internal.io.Escalation$Attempt",
            "internal.io.Escalation$CloseInput",
            "internal.io.Escalation$Send",
            "internal.io.UnreachableException",
            "internal.io.PipeInput",
            "internal.io.PipeInput$Taking",
            "internal.io.PipeOutput",
            "internal.io.PipeOutput$ForUser",
            "internal.io.Chunks",
            "internal.io.Spillway",
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
            "internal.io.Leftovers",
            "internal.io.ProcessGroup",
            "internal.io.ProcessTable",
            "internal.io.ProcessTable$Question",
            "internal.io.ProcessTable$Stat",
            "internal.io.ProcessTable$View",
            "internal.io.Shutdown",
            "internal.io.CgroupFiles",
            "internal.io.CgroupMembers",
            "internal.io.Vanishing",
            "ProcessTree",
            "UserInput",
        };
    }

    private static String[] ofRun() {
        return new String[] {
            "Run",
            "Run$State",
            "Run$Stage",
            "Run$Output",
            "Run$Failure",
            "Run$Ending",
            "CommandException",
            "CommandException$Reason",
            "CommandResult",
            "CommandResult$Stage",
            "RunningCommand",
            "CaptureDestination",
            "CaptureDestination$Copy",
            "CaptureDestination$Sink",
            "CaptureDestination$Sinks",
            "StartKind",
            "CapturedOutput",
            "internal.io.CaptureBuffer",
            "internal.io.Chunks",
            "internal.io.Drain",
            "internal.io.Drain$Call",
            "internal.io.Drain$Captured",
            "internal.io.Drain$ListenerException",
            "internal.io.Drain$OverflowException",
            "internal.io.ForeignCall",
            "internal.io.Feed",
            "internal.io.LiveFeed",
            "internal.io.LiveFeed$Message",
            "internal.io.Pump",
            "internal.io.Splice",
            "internal.io.Utf8",
            "LineSplitter",
            "Input$Writer",
        };
    }

    private static String[] ofTerminal() {
        return new String[] {
            "internal.os.Pty",
            "internal.os.Foreground",
            "internal.io.Terminal",
            "internal.io.Terminal$Call",
            "internal.io.TerminalInput",
            "internal.io.TerminalOutput",
            "internal.io.TerminalOutput$Keyboard",
            "WindowSize",
        };
    }
}
