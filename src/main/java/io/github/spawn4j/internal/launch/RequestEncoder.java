package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Spawn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Writes one request into a block; the layout is {@link RequestLayout}'s. One thread at a time.
 *
 * <p>Descriptors. A number that no earlier action has touched names a descriptor of the JVM: it
 * becomes a <em>source</em>, which the launch places where the child finds it, whatever the actions
 * do. A number that an action has made or closed means what it means in the child. At the end
 * everything above stderr that was not asked for is closed.
 */
public final class RequestEncoder implements AutoCloseable {
    /** The highest descriptor, as close_range(2) counts. */
    private static final int TOP = -1;

    private static final int STDERR = 2;

    private final Block block = Block.acquire();
    private final int maxSources;
    private final int maxActions;
    private final int maxAttributes;
    private final int sourcesOffset = RequestLayout.HEADER_SIZE;
    private final int attributesOffset;
    private final int actionsOffset;
    private int sources;
    private int nullDevice = -1;
    private int terminal = -1;
    private int attributes;
    private int actions;
    private int flags;

    /** 0 for none. */
    private int parentDeathSignal;

    private int end;

    /** Which of the caller's actions is being written. */
    private int index = RequestLayout.NO_INDEX;

    /** What earlier actions did to descriptors of the child: true if they left them open. */
    private final Map<Integer, Boolean> touched = new HashMap<>();

    /** What earlier actions have closed by range. */
    private final List<Range> closed = new ArrayList<>();

    /** What stays open above stderr. */
    private final TreeSet<Integer> kept = new TreeSet<>();

    /**
     * Begins a request.
     *
     * @param maxSources at most so many sources will be added
     * @param maxAttributes at most so many attributes
     * @param maxActions at most so many actions
     */
    public RequestEncoder(int maxSources, int maxAttributes, int maxActions) {
        this.maxSources = maxSources;
        this.maxAttributes = maxAttributes;
        this.maxActions = maxActions;
        attributesOffset = sourcesOffset + maxSources * RequestLayout.SOURCE_SIZE;
        actionsOffset = align(attributesOffset + maxAttributes * RequestLayout.ATTRIBUTE_SIZE);
        end = actionsOffset + maxActions * RequestLayout.ACTION_SIZE;
        block.ensureCapacity(end);
        for (int offset = 0; offset < RequestLayout.HEADER_SIZE; offset += Long.BYTES) {
            bytes().putLong(offset, 0);
        }
        bytes().putInt(RequestLayout.EXEC_SOURCE, -1);
        for (int fd = 0; fd <= STDERR; fd++) {
            touched.put(fd, true);
        }
    }

    ByteBuffer bytes() {
        return block.bytes();
    }

    /** Says which of the caller's actions the following calls write. */
    public void index(int callersIndex) {
        index = callersIndex;
    }

    // Sources

    /** A descriptor of the JVM. */
    public int descriptor(int fd) {
        return addSource(RequestLayout.SOURCE_DESCRIPTOR, fd);
    }

    /** /dev/null, for reading and writing. */
    public int nullDevice() {
        if (nullDevice < 0) {
            nullDevice = addSource(RequestLayout.SOURCE_NULL, -1);
        }
        return nullDevice;
    }

    /** A new pipe that the child reads from. */
    public int pipeToChild() {
        return addSource(RequestLayout.SOURCE_PIPE_TO_CHILD, -1);
    }

    /** A new pipe that the child writes to. */
    public int pipeFromChild() {
        return addSource(RequestLayout.SOURCE_PIPE_FROM_CHILD, -1);
    }

    private int addSource(int kind, int fd) {
        if (sources == maxSources) {
            throw new IllegalStateException("more than " + maxSources + " sources");
        }
        int at = sourcesOffset + sources * RequestLayout.SOURCE_SIZE;
        bytes().putInt(at + RequestLayout.SOURCE_KIND, kind);
        bytes().putInt(at + RequestLayout.SOURCE_FD, fd);
        return sources++;
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

    /** A session of its own. */
    public void session() {
        addAttribute(RequestLayout.SESSION, 0, 0);
    }

    /** The process group {@code group}, or with 0 one of its own. */
    public void processGroup(int group) {
        addAttribute(RequestLayout.PROCESS_GROUP, group, 0);
    }

    public void scheduler(int policy, int priority) {
        addAttribute(RequestLayout.SCHEDULER, policy, priority);
    }

    public void schedulingPriority(int priority) {
        addAttribute(RequestLayout.SCHED_PRIORITY, priority, 0);
    }

    /** The effective ids are the real ones. */
    public void resetIds() {
        addAttribute(RequestLayout.RESET_IDS, 0, 0);
    }

    /** The cgroup whose directory is open as {@code fd}. */
    public void cgroup(int fd) {
        addAttribute(RequestLayout.CGROUP, fd, 0);
    }

    /**
     * The child gets {@code signal} when the JVM ends. To be called before actions and after {@link
     * #inheritSignals}: the thread that launches such a child is the {@link Keeper}'s, so the mask
     * of the calling one goes along as an action.
     */
    public void parentDeathSignal(int signal) {
        parentDeathSignal = signal;
        if ((flags & RequestLayout.FLAG_KEEP_SIGNALS) != 0) {
            sigmask(Spawn.signalMask());
        }
    }

    private void addAttribute(int type, int first, int second) {
        if (attributes == maxAttributes) {
            throw new IllegalStateException("more than " + maxAttributes + " attributes");
        }
        int at = attributesOffset + attributes++ * RequestLayout.ATTRIBUTE_SIZE;
        bytes().putInt(at + RequestLayout.ATTRIBUTE_TYPE, type);
        bytes().putInt(at + RequestLayout.ATTRIBUTE_FIRST, first);
        bytes().putInt(at + RequestLayout.ATTRIBUTE_SECOND, second);
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
        keep(newfd);
    }

    /** Leaves {@code fd}, 0 to 2, as the JVM has it, open or closed. */
    public void inherit(int fd) {
        addAction(RequestLayout.INHERIT, fd, 0, 0, 0, 0, 0);
    }

    public void dup2(int fd, int newfd) {
        int type = RequestLayout.DUP2 | sourceFlag(fd);
        addAction(type, sourceOr(fd), newfd, 0, 0, 0, 0);
        keep(newfd);
    }

    /**
     * Closes a descriptor.
     *
     * @throws LaunchException if it is not open
     */
    public void close(int fd) throws LaunchException {
        Boolean open = touched.get(fd);
        if (open == null ? isInClosedRange(fd) || !Io.isOpen(fd) : !open) {
            throw new LaunchException("close", index, Errno.EBADF, "descriptor " + fd);
        }
        addAction(RequestLayout.CLOSE, fd, 0, 0, 0, 0, 0);
        touched.put(fd, false);
        kept.remove(fd);
    }

    public void open(int directory, byte[] path, int newfd, long flags, int mode, long resolve) {
        int text = addText(path);
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
        keep(newfd);
    }

    public void fchdir(int fd) {
        addAction(RequestLayout.FCHDIR | sourceFlag(fd), sourceOr(fd), 0, 0, 0, 0, 0);
    }

    public void chdir(byte[] path) {
        addAction(RequestLayout.CHDIR, 0, 0, 0, 0, addText(path), 0);
    }

    /** Closes {@code first} to {@code last}; -1 means the highest. */
    public void closeRange(int first, int last, int flags) {
        addAction(RequestLayout.CLOSE_RANGE, first, last, flags, 0, 0, 0);
        if (flags == 0) {
            Range range = new Range(first, last == TOP ? Integer.MAX_VALUE : last);
            closed.add(range);
            touched.replaceAll((fd, open) -> open && !range.contains(fd));
            kept.removeIf(range::contains);
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
        addAction(RequestLayout.OPEN, directory, newfd, openFlags, mode, addText(path), resolve);
    }

    /** What the proposal finds wrong only in the child. */
    public void strictFailure(int errno) {
        addAction(RequestLayout.FAIL, 0, 0, errno, 0, 0, 0);
    }

    public void strictCloseRange(int first, int last, int rangeFlags) {
        addAction(RequestLayout.CLOSE_RANGE, first, last, rangeFlags, 0, 0, 0);
    }

    private boolean isInClosedRange(int fd) {
        return closed.stream().anyMatch(range -> range.contains(fd));
    }

    private boolean isSource(int fd) {
        return !touched.containsKey(fd) && !isInClosedRange(fd);
    }

    private int sourceFlag(int fd) {
        return isSource(fd) ? RequestLayout.FD_IS_SOURCE : 0;
    }

    private int sourceOr(int fd) {
        return isSource(fd) ? descriptor(fd) : fd;
    }

    private void keep(int fd) {
        touched.put(fd, true);
        if (fd > STDERR) {
            kept.add(fd);
        }
    }

    private void addAction(int type, int fd, int newfd, int flags, int mode, int text, long value) {
        if (actions == maxActions) {
            throw new IllegalStateException("more than " + maxActions + " actions");
        }
        int at = actionsOffset + actions++ * RequestLayout.ACTION_SIZE;
        ByteBuffer bytes = bytes();
        bytes.putInt(at + RequestLayout.ACTION_TYPE, type);
        bytes.putInt(at + RequestLayout.ACTION_INDEX, index);
        bytes.putInt(at + RequestLayout.ACTION_FD, fd);
        bytes.putInt(at + RequestLayout.ACTION_NEWFD, newfd);
        bytes.putInt(at + RequestLayout.ACTION_FLAGS, flags);
        bytes.putInt(at + RequestLayout.ACTION_MODE, mode);
        bytes.putInt(at + RequestLayout.ACTION_TEXT, text);
        bytes.putLong(at + RequestLayout.ACTION_VALUE, value);
    }

    /** How many actions {@link #closeOthers} needs at most, for so many descriptors to be kept. */
    public static int maxClosing(int descriptors) {
        return descriptors + 1;
    }

    /** Closes everything above stderr but what the actions have put there. */
    public void closeOthers() {
        index = RequestLayout.NO_INDEX;
        int first = STDERR + 1;
        for (int fd : kept) {
            if (fd > first) {
                addAction(RequestLayout.CLOSE_RANGE, first, fd - 1, 0, 0, 0, 0);
            }
            first = fd + 1;
        }
        addAction(RequestLayout.CLOSE_RANGE, first, TOP, 0, 0, 0, 0);
    }

    // The program

    /** Executes {@code program}, by path. */
    public void program(byte[] path, Strings argv, Strings envp) {
        putText(RequestLayout.PROGRAM_OFFSET, path);
        putText(RequestLayout.ARGV_OFFSET, argv.bytes());
        bytes().putInt(RequestLayout.ARGV_COUNT, argv.count());
        putText(RequestLayout.ENVP_OFFSET, envp.bytes());
        bytes().putInt(RequestLayout.ENVP_COUNT, envp.count());
    }

    /** Executes what is open as {@code fd} rather than what the path names. */
    public void pinned(int fd) {
        bytes().putInt(RequestLayout.EXEC_SOURCE, descriptor(fd));
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
        end = align(end);
        putText(RequestLayout.IDENTITY_OFFSET, key);
    }

    /** Adds a text and stores its offset: only then, as the block may have moved. */
    private void putText(int field, byte[] text) {
        int offset = addText(text);
        bytes().putInt(field, offset);
    }

    private int addText(byte[] text) {
        int offset = end;
        block.ensureCapacity(end + text.length);
        bytes().put(offset, text);
        end += text.length;
        return offset;
    }

    /**
     * What will become of the request, to be asked when it has been launched. It is made before, as
     * no memory may be wanted when there is a child.
     */
    public Outcome outcome() {
        return new Outcome(this);
    }

    /**
     * Ends the request and starts the process.
     *
     * @throws IOException if the thread cannot be started that the child is to be tied to
     */
    public void launch(int strategy) throws IOException {
        if (parentDeathSignal != 0) {
            // Last: the kernel forgets it when ids change, and the child would outlive the JVM.
            addAttribute(RequestLayout.PARENT_DEATH, parentDeathSignal, 0);
        }
        ByteBuffer bytes = bytes();
        int pointers = align(end);
        int count =
                bytes.getInt(RequestLayout.ARGV_COUNT) + bytes.getInt(RequestLayout.ENVP_COUNT) + 3;
        end = Math.addExact(pointers, Math.multiplyExact(count, Long.BYTES));
        block.ensureCapacity(end);
        bytes = bytes();
        bytes.putInt(RequestLayout.LENGTH, end);
        bytes.putInt(RequestLayout.STRATEGY, strategy);
        bytes.putInt(RequestLayout.FLAGS, flags);
        bytes.putInt(RequestLayout.ATTRIBUTES_OFFSET, attributesOffset);
        bytes.putInt(RequestLayout.ATTRIBUTES_COUNT, attributes);
        bytes.putInt(RequestLayout.SOURCES_OFFSET, sourcesOffset);
        bytes.putInt(RequestLayout.SOURCES_COUNT, sources);
        bytes.putInt(RequestLayout.ACTIONS_OFFSET, actionsOffset);
        bytes.putInt(RequestLayout.ACTIONS_COUNT, actions);
        bytes.putInt(RequestLayout.POINTERS_OFFSET, pointers);
        if (parentDeathSignal == 0) {
            Spawn.spawn(bytes);
        } else {
            // The kernel sends the signal when the thread ends that has started the child.
            ByteBuffer request = bytes;
            Keeper.instance().call(() -> Spawn.spawn(request));
        }
    }

    int sourceField(int source, int field) {
        return bytes().getInt(sourcesOffset + source * RequestLayout.SOURCE_SIZE + field);
    }

    int attributeField(int attribute, int field) {
        return bytes().getInt(attributesOffset + attribute * RequestLayout.ATTRIBUTE_SIZE + field);
    }

    int actionField(int action, int field) {
        return bytes().getInt(actionsOffset + action * RequestLayout.ACTION_SIZE + field);
    }

    /** The text at {@code offset}, with its NUL. */
    byte[] textAt(int offset) {
        return stringsAt(offset, 1).bytes();
    }

    /** So many texts from {@code offset} on. */
    Strings stringsAt(int offset, int count) {
        int end = offset;
        for (int i = 0; i < count; i++) {
            while (bytes().get(end++) != 0) {}
        }
        byte[] texts = new byte[end - offset];
        bytes().get(offset, texts);
        return new Strings(texts, count);
    }

    private static int align(int offset) {
        return (offset + Long.BYTES - 1) & -Long.BYTES;
    }

    /** Returns the memory; an {@link Outcome} must not be asked any more. */
    @Override
    public void close() {
        block.close();
    }

    /** Descriptors, both ends included. */
    private record Range(int first, int last) {
        boolean contains(int fd) {
            return first <= fd && fd <= last;
        }
    }
}
