// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.FileDescriptor;
import java.net.Socket;
import java.nio.channels.Channel;

/**
 * The numbers of what the JDK has open. It tells them nobody, so private fields are read, of
 * classes of its own only.
 */
public final class JdkDescriptor {
    private static final String DESCRIPTOR = "Ljava/io/FileDescriptor;";
    private static final String SOCKET_IMPL = "Ljava/net/SocketImpl;";

    static {
        NativeLibrary.load();
    }

    private JdkDescriptor() {}

    /**
     * Of a channel; null if it has none, or is none of the JDK's.
     *
     * @throws UnsupportedOperationException if the native library cannot be loaded
     */
    public static FileDescriptor of(Channel channel) {
        NativeHalf.requireUnchecked();
        return descriptor(channel);
    }

    /**
     * Of a socket; null as for a channel, and while it has none, before it is bound or connected.
     *
     * @throws UnsupportedOperationException if the native library cannot be loaded
     */
    public static FileDescriptor of(Socket socket) {
        NativeHalf.requireUnchecked();
        if (socket.getChannel() != null) {
            return of(socket.getChannel());
        }
        Object impl = field(socket, "impl", SOCKET_IMPL);
        Object delegate = impl == null ? null : field(impl, "delegate", SOCKET_IMPL);
        Object actual = delegate == null ? impl : delegate;
        return actual == null ? null : descriptor(actual);
    }

    private static FileDescriptor descriptor(Object object) {
        return (FileDescriptor) field(object, "fd", DESCRIPTOR);
    }

    /** The number, or -1 if it is closed. */
    public static int number(FileDescriptor descriptor) {
        return number0(descriptor);
    }

    private static Object field(Object object, String name, String signature) {
        return object.getClass().getModule() == Object.class.getModule()
                ? StreamDescriptor.field0(object, name, signature)
                : null;
    }

    private static native int number0(FileDescriptor descriptor);
}
