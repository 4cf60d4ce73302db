// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Spawn;
import io.github.spawn4j.internal.os.WarmSpawn;
import java.io.IOException;
import java.util.List;

/**
 * Writes one request, in the words of its {@link RequestLayout}, and launches it: the sources of
 * descriptors, the attributes and the program are written here, the actions by {@link
 * ActionEncoder} or {@link StrictActions}. One thread at a time.
 */
public final class RequestEncoder {
    /** In place of the source of a stream that has none. */
    public static final int NO_SOURCE = -1;

    private final Request request;
    private final Outcome outcome;
    private final ActionEncoder actions;
    private int nullDevice = -1;
    private int flags;

    private boolean diesWithParent;

    /**
     * Begins a request.
     *
     * @param maxSources at most so many sources will be added
     * @param maxAttributes at most so many attributes
     * @param maxActions at most so many actions
     */
    public RequestEncoder(int maxSources, int maxAttributes, int maxActions) {
        this(new Request(maxSources, maxAttributes, maxActions));
    }

    RequestEncoder(Request request) {
        this.request = request;
        outcome = new Outcome(request);
        actions = new ActionEncoder(request);
    }

    /** Adds the steps of an everyday child. */
    public ActionEncoder actions() {
        return actions;
    }

    /** Adds steps to the letter. */
    public StrictActions strictActions() {
        return new StrictActions(request);
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

    // Attributes

    /**
     * Adds attributes. To be called before actions and after {@link #inheritSignals}: the thread
     * that launches a child which is to die with the JVM is the {@link Keeper}'s, so the mask of
     * the calling one goes along as an action.
     */
    public void attributes(Attributes attributes) {
        add(attributes.records(), attributes.all());
    }

    /**
     * Adds one attribute, to be called before {@link #attributes}: the child takes them in the
     * order in which they were added.
     */
    public void attribute(Attribute attribute) {
        List<Attribute> one = List.of(attribute);
        add(new AttributeRecords(one), one);
    }

    private void add(AttributeRecords records, List<Attribute> attributes) {
        request.addAttributes(records);
        outcome.attributes(attributes);
        if (records.haveDeathSignal()) {
            diesWithParent = true;
            if ((flags & RequestLayout.FLAG_KEEP_SIGNALS) != 0) {
                actions.sigmask(Spawn.signalMask());
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
     * @throws IOException if the thread that the child is tied to cannot be started
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
