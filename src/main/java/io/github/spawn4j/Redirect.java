// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.launch.PathBytes;
import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.JdkDescriptor;
import java.io.FileDescriptor;
import java.net.Socket;
import java.nio.channels.Channel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a standard stream of a child leads to or comes from. Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("make").stdin(Redirect.DISCARD).stdout(Redirect.to(log)).stderr(Redirect.STDOUT).start();
 * }</pre>
 *
 * <p>Files are opened by the child itself, so no other child and no other thread ever sees their
 * descriptors; a relative path counts from the JVM's directory as the kernel knows it, which is not
 * {@code user.dir} when the directory was renamed. A name is its bytes, whether they are text or
 * not; a path of a file system other than the default one is an {@link IllegalArgumentException}.
 */
public abstract sealed class Redirect {
    /** A pipe to the JVM: the default. */
    public static final Redirect PIPE = new Pipe();

    /** The JVM's own stream; closed if the JVM's is closed. */
    public static final Redirect INHERIT = new Inherit();

    /** /dev/null: there is nothing to read, and what is written is lost. */
    public static final Redirect DISCARD = new Discard();

    /** Where standard output leads to; for standard error only. Both then share one file offset. */
    public static final Redirect STDOUT = new Merge(null);

    /**
     * The terminal of a process that has one; only with {@link EmptyProcess#terminal(WindowSize)
     * terminal}, which sets it for all three streams.
     */
    public static final Redirect TERMINAL = new Terminal();

    private Redirect() {}

    /**
     * Reads from a file.
     *
     * @param file the file; it must exist when the process starts
     * @return the redirect
     */
    public static Redirect from(Path file) {
        return new File(file, File.READ, false);
    }

    /**
     * Writes to a file, which is created with mode 0666 less the umask, or emptied.
     *
     * @param file the file
     * @return the redirect
     */
    public static Redirect to(Path file) {
        return new File(file, File.WRITE, false);
    }

    /**
     * Writes to the end of a file, which is created with mode 0666 less the umask if it does not
     * exist. Each write goes to what is then the end (O_APPEND of open(2)).
     *
     * @param file the file
     * @return the redirect
     */
    public static Redirect appendTo(Path file) {
        return new File(file, File.APPEND, false);
    }

    /**
     * An open descriptor of the JVM. It stays the caller's: the child gets a duplicate, which
     * shares its file offset.
     *
     * @param fd the number of the descriptor; it must be open when the process starts
     * @return the redirect
     * @throws IllegalArgumentException if {@code fd} is negative
     */
    public static Redirect descriptor(int fd) {
        return new Descriptor(fd, false);
    }

    /**
     * The same for a descriptor of the JDK's, such as that of a {@link java.io.RandomAccessFile}.
     *
     * @param descriptor the descriptor, which must be open until {@code start} returns
     * @return the redirect
     */
    public static Redirect descriptor(FileDescriptor descriptor) {
        return new Open(descriptor, "a descriptor");
    }

    /**
     * The file, socket or pipe of a channel of the JDK. It stays the caller's: the child gets a
     * duplicate, which shares position and mode; so a channel that does not block does not block
     * the child either, which most programs do not expect.
     *
     * <pre>{@code
     * SocketChannel connection = server.accept();
     * PidfdProcess.builder("handler").stdin(Redirect.channel(connection)).stdout(Redirect.channel(connection)).start();
     * }</pre>
     *
     * @param channel the channel, which must be open until {@code start} returns
     * @return the redirect
     * @throws IllegalArgumentException if it has no descriptor, or is none of the JDK's
     * @throws UnsupportedOperationException where the native library cannot be loaded
     */
    public static Redirect channel(Channel channel) {
        FileDescriptor descriptor = JdkDescriptor.of(channel);
        if (descriptor == null) {
            throw new IllegalArgumentException("no descriptor is known for " + channel);
        }
        return new Open(descriptor, "a channel");
    }

    /**
     * The same for a socket. The JDK makes a socket non-blocking if it has a timeout, or if a
     * virtual thread has used it.
     *
     * @param socket the socket, which must be connected, and open until {@code start} returns
     * @return the redirect
     * @throws IllegalArgumentException if it has no descriptor, or is none of the JDK's
     * @throws UnsupportedOperationException where the native library cannot be loaded
     */
    public static Redirect socket(Socket socket) {
        FileDescriptor descriptor = JdkDescriptor.of(socket);
        if (descriptor == null) {
            throw new IllegalArgumentException("no descriptor is known for " + socket);
        }
        return new Open(descriptor, "a socket");
    }

    /**
     * Adds what makes {@code fd} in the child what this redirect says. Returns the source of a
     * pipe, or {@link RequestEncoder#NO_SOURCE}.
     */
    abstract int encode(int fd, RequestEncoder request) throws LaunchException;

    /** What a redirect of a {@link ProcessBuilder} says. */
    static Redirect like(ProcessBuilder.Redirect redirect) {
        switch (redirect.type()) {
            case PIPE:
                return PIPE;
            case INHERIT:
                return INHERIT;
            case READ:
                return new File(file(redirect), File.READ, true);
            case WRITE:
                return to(file(redirect));
            default:
                return appendTo(file(redirect));
        }
    }

    /**
     * Standard error merged into standard output by a {@link ProcessBuilder}, which all the same
     * opens the file that it would lead to.
     */
    static Redirect merged(ProcessBuilder.Redirect redirect) {
        return redirect.file() == null ? STDOUT : new Merge(like(redirect));
    }

    private static Path file(ProcessBuilder.Redirect redirect) {
        String name = redirect.file().getPath();
        Text.encodeName("file of redirect", name);
        return Path.of(name);
    }

    boolean isPipe() {
        return this == PIPE;
    }

    /** Whether it is what standard output is. */
    boolean isMerged() {
        return this instanceof Merge;
    }

    /** The same for a {@link ProcessBuilder}, of this standard stream; null if that has none. */
    ProcessBuilder.Redirect ofJdk(int fd) {
        return null;
    }

    boolean isFile() {
        return this instanceof File;
    }

    /** Whether what is written there is neither read here nor lost. */
    boolean leadsElsewhere() {
        return this instanceof Descriptor descriptor
                ? !descriptor.isLink
                : this == INHERIT || (canBeMapped() && this != DISCARD);
    }

    /** Of a pipeline, between two of its processes. */
    static Redirect link(int fd) {
        return new Descriptor(fd, true);
    }

    /** Whether it can be had under any number, and not only as a standard stream. */
    boolean canBeMapped() {
        return isFile() || this == DISCARD || this instanceof Descriptor || this instanceof Open;
    }

    private static final class Pipe extends Redirect {
        @Override
        int encode(int fd, RequestEncoder request) {
            int source = fd == 0 ? request.pipeToChild() : request.pipeFromChild();
            request.actions().place(source, fd);
            return source;
        }

        @Override
        ProcessBuilder.Redirect ofJdk(int fd) {
            return ProcessBuilder.Redirect.PIPE;
        }

        @Override
        public String toString() {
            return "a pipe";
        }
    }

    private static final class Inherit extends Redirect {
        @Override
        int encode(int fd, RequestEncoder request) {
            request.actions().inherit(fd);
            return RequestEncoder.NO_SOURCE;
        }

        @Override
        ProcessBuilder.Redirect ofJdk(int fd) {
            return ProcessBuilder.Redirect.INHERIT;
        }

        @Override
        public String toString() {
            return "inherited";
        }
    }

    private static final class Discard extends Redirect {
        @Override
        int encode(int fd, RequestEncoder request) {
            request.actions().place(request.nullDevice(), fd);
            return RequestEncoder.NO_SOURCE;
        }

        @Override
        ProcessBuilder.Redirect ofJdk(int fd) {
            return fd == 0
                    ? ProcessBuilder.Redirect.from(ProcessBuilder.Redirect.DISCARD.file())
                    : ProcessBuilder.Redirect.DISCARD;
        }

        @Override
        public String toString() {
            return "/dev/null";
        }
    }

    private static final class Merge extends Redirect {
        /** Opened before, and then closed; null for none. */
        private final Redirect opened;

        Merge(Redirect opened) {
            this.opened = opened;
        }

        @Override
        int encode(int fd, RequestEncoder request) throws LaunchException {
            if (opened != null) {
                opened.encode(fd, request);
            }
            request.actions().dup2(1, fd);
            return RequestEncoder.NO_SOURCE;
        }

        @Override
        ProcessBuilder.Redirect ofJdk(int fd) {
            return opened == null ? ProcessBuilder.Redirect.PIPE : opened.ofJdk(fd);
        }

        @Override
        public String toString() {
            return "standard output";
        }
    }

    private static final class Terminal extends Redirect {
        @Override
        int encode(int fd, RequestEncoder request) {
            request.actions().placeTerminal(fd);
            return RequestEncoder.NO_SOURCE;
        }

        @Override
        public String toString() {
            return "a terminal";
        }
    }

    private static final class File extends Redirect {
        static final int READ = OpenFlags.RDONLY;
        static final int WRITE = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.TRUNC;
        static final int APPEND = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.APPEND;
        private static final int MODE = 0666;

        private final Path file;

        /** Relative where {@link #file} is: opened before the child enters its directory. */
        private final byte[] path;

        private final int flags;

        /** Of a directory only reading tells that it cannot be read. */
        private final boolean refusesDirectory;

        File(Path file, int flags, boolean refusesDirectory) {
            this.file = Objects.requireNonNull(file, "file");
            this.path = PathBytes.of("file of redirect", file);
            this.flags = flags;
            this.refusesDirectory = refusesDirectory;
        }

        @Override
        int encode(int fd, RequestEncoder request) throws LaunchException {
            if (refusesDirectory) {
                ProgramLookup.refuseDirectory(path);
            }
            int mode = flags == READ ? 0 : MODE;
            request.actions().open(OpenFlags.AT_FDCWD, path, fd, flags, mode, 0);
            return RequestEncoder.NO_SOURCE;
        }

        @Override
        ProcessBuilder.Redirect ofJdk(int fd) {
            java.io.File opened = file.toFile();
            if (flags == READ) {
                return fd == 0 ? ProcessBuilder.Redirect.from(opened) : null;
            }
            if (fd == 0) {
                return null;
            }
            return flags == WRITE
                    ? ProcessBuilder.Redirect.to(opened)
                    : ProcessBuilder.Redirect.appendTo(opened);
        }

        @Override
        public String toString() {
            return (flags == READ ? "from " : flags == WRITE ? "to " : "appended to ") + file;
        }
    }

    private static final class Descriptor extends Redirect {
        private final int fd;
        private final boolean isLink;

        Descriptor(int fd, boolean isLink) {
            if (fd < 0) {
                throw new IllegalArgumentException("descriptor " + fd + " is negative");
            }
            this.fd = fd;
            this.isLink = isLink;
        }

        @Override
        int encode(int target, RequestEncoder request) {
            request.actions().place(request.descriptor(fd), target);
            return RequestEncoder.NO_SOURCE;
        }

        @Override
        public String toString() {
            return "descriptor " + fd;
        }
    }

    /** What the JDK has open. */
    private static final class Open extends Redirect {
        private final FileDescriptor descriptor;
        private final String kind;

        Open(FileDescriptor descriptor, String kind) {
            this.descriptor = Objects.requireNonNull(descriptor, "descriptor");
            this.kind = kind;
        }

        @Override
        int encode(int target, RequestEncoder request) throws LaunchException {
            int fd = JdkDescriptor.number(descriptor);
            if (fd < 0) {
                throw new LaunchException("dup", -1, Errno.EBADF, kind + " that is closed");
            }
            request.actions().place(request.descriptor(fd), target);
            return RequestEncoder.NO_SOURCE;
        }

        @Override
        public String toString() {
            return kind;
        }
    }
}
