// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Tells which processes live in a process group, which no system call does. Thread-safe.
 *
 * <p>A look through /proc costs more on a machine with more processes. So one thread looks for all
 * callers that ask at the same time, and nobody looks while a known member of the group still
 * lives.
 */
final class ProcessTable {
    static final int NOBODY = 0;

    /**
     * What it says of a group.
     *
     * @param isTrusted whether it shows all processes, with the numbers that we know them by
     * @param member a process of the group that lives, or {@link #NOBODY}
     * @param hasZombies whether it shows members that have ended; only if it shows none that lives
     */
    record View(boolean isTrusted, int member, boolean hasZombies) {
        private static final View UNTRUSTED = new View(false, NOBODY, false);
    }

    /** A group that somebody asks for, and a process that was alive in it the last time. */
    private record Question(int group, int member, CompletableFuture<View> answer) {}

    private static final ProcessTable INSTANCE =
            new ProcessTable(Path.of("/proc"), ProcessHandle.current().pid(), Workers::execute);

    private final Path proc;
    private final long ownPid;
    private final Executor executor;

    /** As long as it is under way nobody else looks, so it goes on until it has succeeded. */
    private final Errand look = new Errand(this::answerAll);

    private final Runnable work = look::attemptHere;

    @GuardedBy("this")
    private List<Question> questions = new ArrayList<>();

    @GuardedBy("this")
    private boolean isLooking;

    /**
     * Those that the look is for. Confined to it; none is taken out before it has been answered.
     */
    private List<Question> asked = List.of();

    /**
     * A table of its own.
     *
     * @param proc where procfs is mounted
     * @param ownPid our pid there, if it is that of our pid namespace
     */
    ProcessTable(Path proc, long ownPid, Executor executor) {
        this.proc = proc;
        this.ownPid = ownPid;
        this.executor = executor;
    }

    static ProcessTable get() {
        return INSTANCE;
    }

    /**
     * Looks which processes are in a group. Does not wait.
     *
     * @param member a process that was alive in it the last time, or {@link #NOBODY}
     */
    CompletableFuture<View> look(int group, int member) {
        CompletableFuture<View> answer = new CompletableFuture<>();
        List<Question> none = new ArrayList<>(); // there may be no memory when it is needed
        synchronized (this) {
            questions.add(new Question(group, member, answer));
            if (isLooking) {
                return answer; // the next look is for us
            }
            isLooking = true;
        }
        try {
            executor.execute(work);
        } catch (RuntimeException | Error e) {
            for (Question question : giveUp(none)) {
                question.answer.completeExceptionally(e);
            }
        }
        return answer;
    }

    /**
     * Whoever asks next looks. Returns those that have asked, of whom there are {@code none} now.
     */
    private synchronized List<Question> giveUp(List<Question> none) {
        List<Question> given = questions;
        questions = none;
        isLooking = false;
        return given;
    }

    /**
     * Returns whether there is somebody to look for. If not, the look is over, and {@link #asked}
     * another's.
     */
    private synchronized boolean takeQuestions() {
        Faults.resource("questions");
        List<Question> next = new ArrayList<>();
        asked = questions;
        questions = next;
        isLooking = !asked.isEmpty();
        return isLooking;
    }

    private void answerAll() {
        boolean goesOn = !asked.isEmpty() || takeQuestions();
        while (goesOn) {
            try {
                answer();
            } catch (IOException | RuntimeException | Error e) {
                asked.forEach(question -> question.answer.completeExceptionally(e));
            }
            goesOn = takeQuestions();
        }
    }

    private void answer() throws IOException {
        if (!isTrusted()) {
            asked.forEach(question -> question.answer.complete(View.UNTRUSTED));
            return;
        }
        List<Question> open = new ArrayList<>();
        for (Question question : asked) {
            if (question.member != NOBODY && isAlive(question.member, question.group)) {
                question.answer.complete(new View(true, question.member, false));
            } else {
                open.add(question);
            }
        }
        if (!open.isEmpty()) {
            Set<Integer> groups = new HashSet<>();
            for (Question question : open) {
                groups.add(question.group);
            }
            Map<Integer, View> views = scan(groups);
            open.forEach(question -> question.answer.complete(views.get(question.group)));
        }
    }

    /**
     * Whether /proc is there, of our pid namespace ({@code unshare --pid} alone leaves the one of
     * before), and mounted so that it shows others than us ({@code hidepid}).
     */
    private boolean isTrusted() {
        try {
            String status =
                    Files.readString(proc.resolve("self/status"), StandardCharsets.ISO_8859_1);
            Files.readString(proc.resolve("1/stat"), StandardCharsets.ISO_8859_1);
            // Our number in the pid namespace of the mount, and in each one between it and ours.
            String key = status.contains("\nNSpid:") ? "\nNSpid:\t" : "\nPid:\t";
            return status.contains(key + ownPid + "\n");
        } catch (IOException e) {
            return false;
        }
    }

    private Map<Integer, View> scan(Set<Integer> groups) throws IOException {
        Map<Integer, View> views = new HashMap<>();
        groups.forEach(group -> views.put(group, new View(true, NOBODY, false)));
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                Stat stat = Stat.read(process);
                View known = stat == null ? null : views.get(stat.group);
                if (known != null && known.member == NOBODY) {
                    int pid = Integer.parseInt(process.getFileName().toString());
                    boolean isAlive = stat.isAlive(process);
                    views.put(stat.group, new View(true, isAlive ? pid : NOBODY, !isAlive));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return views;
    }

    /**
     * All of a group that live. Reads files.
     *
     * @throws IOException if /proc does not show all processes, with the numbers that we know
     */
    Set<Integer> members(int group) throws IOException {
        if (!isTrusted()) {
            throw new IOException(proc + " does not show all processes of this pid namespace");
        }
        Set<Integer> members = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                Stat stat = Stat.read(process);
                if (stat != null && stat.group == group && stat.isAlive(process)) {
                    members.add(Integer.valueOf(process.getFileName().toString()));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return members;
    }

    private boolean isAlive(int pid, int group) throws IOException {
        Path process = proc.resolve(Integer.toString(pid));
        Stat stat = Stat.read(process);
        return stat != null && stat.group == group && stat.isAlive(process);
    }

    /** What the stat file of a process or thread says. */
    private record Stat(char state, int group, int threads) {
        private static final int STATE = 0;
        private static final int GROUP = 2;
        private static final int THREADS = 17;

        /** Returns null if it is gone. */
        static Stat read(Path process) throws IOException {
            String stat;
            try {
                stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                if (Files.exists(process)) {
                    throw e; // not because it is gone
                }
                return null;
            }
            // Behind the name, which may contain anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", THREADS + 2);
            return new Stat(
                    fields[STATE].charAt(0),
                    Integer.parseInt(fields[GROUP]),
                    Integer.parseInt(fields[THREADS]));
        }

        private boolean hasEnded() {
            return state == 'Z' || state == 'X';
        }

        /**
         * Whether one of its threads lives: the state is that of the first one, which may end
         * before the others.
         */
        boolean isAlive(Path process) throws IOException {
            return !hasEnded() || (threads > 1 && hasLiveThread(process));
        }

        private static boolean hasLiveThread(Path process) throws IOException {
            try (DirectoryStream<Path> threads =
                    Files.newDirectoryStream(process.resolve("task"))) {
                for (Path thread : threads) {
                    Stat stat = read(thread);
                    if (stat != null && !stat.hasEnded()) {
                        return true;
                    }
                }
                return false;
            } catch (DirectoryIteratorException e) {
                return isThere(process, e.getCause());
            } catch (IOException e) {
                return isThere(process, e);
            }
        }

        private static boolean isThere(Path process, IOException failure) throws IOException {
            if (Files.exists(process)) {
                throw failure;
            }
            return false;
        }
    }
}
