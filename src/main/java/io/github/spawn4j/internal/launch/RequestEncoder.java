package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Spawn;
import io.github.spawn4j.internal.os.WarmSpawn;
import java.io.IOException;
import java.util.SortedSet;

/**
 * Writes one request, in the words of its {@link RequestLayout}. One thread at a time.
 *
 * <p>Descriptors. A number that no earlier action has touched names a descriptor of the JVM: it
 * becomes a <em>source</em>, which the launch places where the child finds it, whatever the actions
 * do. A number that an action has made or closed means what it means in the child. At the end
 * everything above stderr that was not asked for is closed.
 */
public final class RequestEncoder {
    /** In place of the source of a stream that has none. */
    public static final int NO_SOURCE = -1;

    /** The highest descriptor, as close_range(2) counts. */
    private static final int TOP = -1;

    private static final int STDERR = 2;

    private final Request request;
    private final Outcome outcome;
    private final ChildDescriptors descriptors = new ChildDescriptors();
    private int nullDevice = -1;
    private int terminal = -1;
    private int flags;

    private boolean diesWithParent;

    /** Which of the caller's actions is being written. */
    private int index = RequestLayout.NO_INDEX;

    /**
     * Begins a request.
     *
     * @param maxSources at most so many sources will be added
     * @param maxAttributes at most so many attributes
     * @param maxActions at most so many actions
     */
    public RequestEncoder(int maxSources, int maxAttributes, int maxActions) {
        request = new Request(maxSources, maxAttributes, maxActions);
        outcome = new Outcome(request);
    }

    /** Says which of the caller's actions the following calls write. */
    public void index(int callersIndex) {
        index = callersIndex;
    }

    // Sources

    /** A descriptor of the JVM. */
    public int descriptor(int fd) {
        return request.addSource(RequestLayout.SOURCE_DESCRIPTOR, fd);
    }

    /** /dev/null, for reading and writing. */
    public int nullDevice() {
        if (nullDevice < 0) {
            nullDevice = request.addSource(RequestLayout.SOURCE_NULL, -1);
        }
        return nullDevice;
    }

    /** A new pipe that the child reads from. */
    public int pipeToChild() {
        return request.addSource(RequestLayout.SOURCE_PIPE_TO_CHILD, -1);
    }

    /** A new pipe that the child writes to. */
    public int pipeFromChild() {
        return request.addSource(RequestLayout.SOURCE_PIPE_FROM_CHILD, -1);
    }

    /**
     * The terminal whose other side is ours, open as {@code fd}: it becomes the controlling one of
     * the child, which must have a session of its own. Also an action, so that it precedes those of
     * the caller.
     */
    public void terminal(int fd) {
        terminal = descriptor(fd);
        addAction(
                RequestLayout.CONTROLLING_TERMINAL | RequestLayout.FD_IS_SOURCE,
                terminal,
                0,
                0,
                0,
                0,
                0);
    }

    /** Puts the terminal at {@code newfd}. */
    public void placeTerminal(int newfd) {
        place(terminal, newfd);
    }

    // Attributes

    /**
     * Adds an attribute, in the order in which the child takes them. To be called before actions
     * and after {@link #inheritSignals}: the thread that launches a child which is to die with the
     * JVM is the {@link Keeper}'s, so the mask of the calling one goes along as an action.
     */
    public void attribute(Attribute attribute) {
        request.addAttribute(attribute);
        outcome.attribute(attribute);
        if (attribute.type() == RequestLayout.PARENT_DEATH) {
            diesWithParent = true;
            if ((flags & RequestLayout.FLAG_KEEP_SIGNALS) != 0) {
                sigmask(Spawn.signalMask());
            }
        }
    }

    void flag(int flag) {
        flags |= flag;
    }

    /**
     * The child has a copy of the JVM's descriptors, those that are not close-on-exec also after
     * exec.
     */
    public void inheritDescriptors() {
        flag(RequestLayout.FLAG_COPY_DESCRIPTORS);
    }

    /** The child has the calling thread's signal mask and ignores what the JVM ignores. */
    public void inheritSignals() {
        flag(RequestLayout.FLAG_KEEP_SIGNALS);
    }

    /** A child that cannot execute its program exits with 127, 126 or 1 instead. */
    public void failureIsExit() {
        flag(RequestLayout.FLAG_FAILURE_IS_EXIT);
    }

    /** The calling thread traces the child, which stops at the first instruction of its program. */
    public void traced() {
        flag(RequestLayout.FLAG_TRACED);
    }

    // Actions

    /** Puts a source at {@code newfd}. */
    public void place(int source, int newfd) {
        addAction(RequestLayout.DUP2 | RequestLayout.FD_IS_SOURCE, source, newfd, 0, 0, 0, 0);
        descriptors.open(newfd);
    }

    /** Leaves {@code fd}, 0 to 2, as the JVM has it, open or closed. */
    public void inherit(int fd) {
        addAction(RequestLayout.INHERIT, fd, 0, 0, 0, 0, 0);
    }

    public void dup2(int fd, int newfd) {
        int type = RequestLayout.DUP2 | sourceFlag(fd);
        addAction(type, sourceOr(fd), newfd, 0, 0, 0, 0);
        descriptors.open(newfd);
    }

    /**
     * Closes a descriptor.
     *
     * @throws LaunchException if it is not open
     */
    public void close(int fd) throws LaunchException {
        boolean isOpen = descriptors.isOfTheJvm(fd) ? Io.isOpen(fd) : descriptors.isOpen(fd);
        if (!isOpen) {
            throw new LaunchException("close", index, Errno.EBADF, "descriptor " + fd);
        }
        addAction(RequestLayout.CLOSE, fd, 0, 0, 0, 0, 0);
        descriptors.close(fd);
    }

    public void open(int directory, byte[] path, int newfd, long flags, int mode, long resolve) {
        int text = request.addText(path);
        boolean current = directory < 0;
        int type = RequestLayout.OPEN | (current ? 0 : sourceFlag(directory));
        addAction(
                type,
                current ? directory : sourceOr(directory),
                newfd,
                (int) flags,
                mode,
                text,
                resolve);
        descriptors.open(newfd);
    }

    public void fchdir(int fd) {
        addAction(RequestLayout.FCHDIR | sourceFlag(fd), sourceOr(fd), 0, 0, 0, 0, 0);
    }

    public void chdir(byte[] path) {
        addAction(RequestLayout.CHDIR, 0, 0, 0, 0, request.addText(path), 0);
    }

    /** Closes {@code first} to {@code last}; -1 means the highest. */
    public void closeRange(int first, int last, int flags) {
        addAction(RequestLayout.CLOSE_RANGE, first, last, flags, 0, 0, 0);
        if (flags == 0) {
            descriptors.closeRange(first, last == TOP ? Integer.MAX_VALUE : last);
        }
    }

    public void sigmask(long set) {
        addAction(RequestLayout.SIGMASK, 0, 0, 0, 0, 0, set);
    }

    public void sigdefault(long set) {
        addAction(RequestLayout.SIGDEFAULT, 0, 0, 0, 0, 0, set);
    }

    public void tcsetpgrp(int terminal) {
        addAction(
                RequestLayout.TCSETPGRP | sourceFlag(terminal), sourceOr(terminal), 0, 0, 0, 0, 0);
    }

    public void controllingTerminal(int fd) {
        int type = RequestLayout.CONTROLLING_TERMINAL | sourceFlag(fd);
        addAction(type, sourceOr(fd), 0, 0, 0, 0, 0);
    }

    /** Closes all but {@code spared}, from 0 on. */
    public void closeAllBut(SortedSet<Integer> spared) {
        int first = 0;
        for (int fd : spared) {
            if (fd > first) {
                closeRange(first, fd - 1, 0);
            }
            first = fd + 1;
        }
        closeRange(first, TOP, 0);
    }

    // Actions to the letter: numbers are those of a copy of the JVM's table, and nobody keeps book
    // of what they do.

    public void strictClose(int fd) {
        addAction(RequestLayout.CLOSE, fd, 0, 0, 0, 0, 0);
    }

    public void strictDup(int fd, int newfd, int dupFlags) {
        addAction(RequestLayout.DUP3, fd, newfd, dupFlags, 0, 0, 0);
    }

    public void strictFchdir(int fd) {
        addAction(RequestLayout.FCHDIR, fd, 0, 0, 0, 0, 0);
    }

    public void strictOpen(
            int directory, byte[] path, int newfd, int openFlags, int mode, long resolve) {
        addAction(
                RequestLayout.OPEN,
                directory,
                newfd,
                openFlags,
                mode,
                request.addText(path),
                resolve);
    }

    /** What the proposal finds wrong only in the child. */
    public void strictFailure(int errno) {
        addAction(RequestLayout.FAIL, 0, 0, errno, 0, 0, 0);
    }

    public void strictCloseRange(int first, int last, int rangeFlags) {
        addAction(RequestLayout.CLOSE_RANGE, first, last, rangeFlags, 0, 0, 0);
    }

    private int sourceFlag(int fd) {
        return descriptors.isOfTheJvm(fd) ? RequestLayout.FD_IS_SOURCE : 0;
    }

    private int sourceOr(int fd) {
        return descriptors.isOfTheJvm(fd) ? descriptor(fd) : fd;
    }

    private void addAction(int type, int fd, int newfd, int flags, int mode, int text, long value) {
        request.addAction(type, index, fd, newfd, flags, mode, text, value);
    }

    /** How many actions {@link #closeOthers} needs at most, for so many descriptors to be kept. */
    public static int maxClosing(int descriptors) {
        return descriptors + 1;
    }

    /** Closes everything above stderr but what the actions have put there. */
    public void closeOthers() {
        index = RequestLayout.NO_INDEX;
        int first = STDERR + 1;
        int kept;
        while ((kept = descriptors.nextOpen(first)) >= 0) {
            if (kept > first) {
                addAction(RequestLayout.CLOSE_RANGE, first, kept - 1, 0, 0, 0, 0);
            }
            first = kept + 1;
        }
        addAction(RequestLayout.CLOSE_RANGE, first, TOP, 0, 0, 0, 0);
    }

    // The program

    /** Executes {@code program}, by path. */
    public void program(byte[] path, Strings argv, Strings envp) {
        putText(RequestLayout.PROGRAM_OFFSET, path);
        putText(RequestLayout.ARGV_OFFSET, argv.bytes());
        request.set(RequestLayout.ARGV_COUNT, argv.count());
        putText(RequestLayout.ENVP_OFFSET, envp.bytes());
        request.set(RequestLayout.ENVP_COUNT, envp.count());
    }

    /** Executes what is open as {@code fd} rather than what the path names. */
    public void pinned(int fd) {
        request.set(RequestLayout.EXEC_SOURCE, descriptor(fd));
    }

    /** The child searches the program, a bare name, in these directories, parted by colons. */
    public void search(byte[] directories) {
        putText(RequestLayout.SEARCH_OFFSET, directories);
    }

    /** Finds and executes the program as execvp(3) does it. */
    public void asExecvp() {
        flag(RequestLayout.FLAG_EXECVP);
    }

    /** Fails with ESTALE unless the program's path still leads to a file with this identity key. */
    public void identity(byte[] key) {
        putText(RequestLayout.IDENTITY_OFFSET, key);
    }

    private void putText(int field, byte[] text) {
        request.set(field, request.addText(text));
    }

    /**
     * What will become of the request, to be asked when it has been launched. It is made before, as
     * no memory may be wanted when there is a child.
     */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * Leaves the memory to the next request. To be called once at most; neither this nor the
     * outcome may be used any more. A request that is not recycled is collected.
     */
    public void recycle() {
        request.recycle();
    }

    /**
     * Ends the request and starts the process through a helper.
     *
     * @return {@link WarmSpawn#STARTED}, or why nothing has happened: then it can still be launched
     *     in another way
     */
    public int launchWarm(long helper, int strategy, int deadlineMs) {
        if (strategy != RequestLayout.STRATEGY_CLONE3 || diesWithParent) {
            return WarmSpawn.OTHER_REQUEST;
        }
        request.set(RequestLayout.STRATEGY, strategy);
        request.set(RequestLayout.FLAGS, flags);
        return request.launchWarm(helper, deadlineMs);
    }

    /**
     * Makes a helper for the request's program, and starts nothing; see {@link WarmSpawn#make}. The
     * request can be used for others.
     */
    public int makeHelper(int deadlineMs, long[] made) {
        return request.makeHelper(deadlineMs, made);
    }

    /**
     * Ends the request and starts the process.
     *
     * @throws IOException if the thread cannot be started that the child is to be tied to
     */
    public void launch(int strategy) throws IOException {
        request.set(RequestLayout.STRATEGY, strategy);
        request.set(RequestLayout.FLAGS, flags);
        if (!diesWithParent) {
            request.launch();
            return;
        }
        // The kernel sends the signal when the thread ends that has started the child.
        Keeper.instance()
                .call(
                        () -> {
                            request.launch();
                            return null;
                        });
    }
}
