// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Finds out where a stream of the JDK leads. Those of {@link java.nio.file.Files#newOutputStream}
 * and {@link java.nio.channels.Channels#newOutputStream} do not say, so their private fields are
 * read, where the JDK is one whose fields we know.
 */
public final class StreamDescriptor {
    private static final String CHANNEL = "Ljava/nio/channels/WritableByteChannel;";

    static {
        NativeLibrary.load();
    }

    private StreamDescriptor() {}

    /**
     * The descriptor of the file that {@code out} writes to, unbuffered; null if it writes to
     * something else, or in a way that we do not know.
     */
    public static FileDescriptor of(OutputStream out) {
        if (out.getClass() == FileOutputStream.class) {
            return descriptor((FileOutputStream) out);
        }
        Object channel = field(out, "sun.nio.ch.ChannelOutputStream", "ch", CHANNEL);
        if (channel == null) {
            // JDK 17
            channel = field(out, "java.nio.channels.Channels$1", "val$ch", CHANNEL);
        }
        return channel == null
                ? null
                : (FileDescriptor)
                        field(
                                channel,
                                "sun.nio.ch.FileChannelImpl",
                                "fd",
                                "Ljava/io/FileDescriptor;");
    }

    private static FileDescriptor descriptor(FileOutputStream out) {
        try {
            return out.getFD();
        } catch (IOException e) {
            throw new UncheckedIOException("a FileOutputStream always has a FileDescriptor", e);
        }
    }

    /** What {@code object} has in a field, if it is of exactly this class of the JDK. */
    private static Object field(Object object, String type, String name, String signature) {
        Class<?> actual = object.getClass();
        return actual.getName().equals(type) && actual.getModule() == Object.class.getModule()
                ? field0(object, name, signature)
                : null;
    }

    static native Object field0(Object object, String name, String signature);
}
