// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What an ELF file says of itself, see elf(5). The numbers in it are not trusted: what lies outside
 * of the file is as if it were not there. Immutable.
 */
final class ElfProgram {
    /** The size of a header with 64 bits; what is shorter is none for us. */
    static final int HEADER = 64;

    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
    private static final int CLASS = 4;
    private static final int DATA = 5;
    private static final int MACHINE = 18;
    private static final int CLASS_64 = 2;
    private static final int BIG_ENDIAN = 2;
    private static final int PT_INTERP = 3;
    private static final int PATH_MAX = 4096;

    /** The file's first {@link #HEADER} bytes. */
    private final ByteBuffer header;

    private final boolean is64;

    /** The program that begins with {@code head}, which is long enough. */
    ElfProgram(byte[] head) {
        header = ByteBuffer.wrap(head, 0, HEADER);
        header.order(head[DATA] == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        is64 = head[CLASS] == CLASS_64;
    }

    static boolean isOne(byte[] head) {
        return Arrays.equals(Arrays.copyOf(head, MAGIC.length), MAGIC);
    }

    /** For what kind of machine it is, in words. */
    String machine() {
        return machine(header.getShort(MACHINE))
                + (is64 ? ", 64 bits" : ", 32 bits")
                + (header.order() == ByteOrder.BIG_ENDIAN ? ", big-endian" : "");
    }

    private static String machine(int number) {
        switch (number) {
            case 3:
                return "i386";
            case 40:
                return "arm";
            case 62:
                return "x86-64";
            case 183:
                return "aarch64";
            case 243:
                return "riscv";
            default:
                return "machine " + number;
        }
    }

    /** The loader that the program in {@code file} names, encoded; empty if it names none. */
    byte[] loader(Path file) throws IOException {
        long offset = is64 ? header.getLong(32) : header.getInt(28);
        int size = header.getShort(is64 ? 54 : 42) & 0xffff;
        int count = header.getShort(is64 ? 56 : 44) & 0xffff;
        int least = is64 ? 56 : 32;
        try (FileChannel channel = FileChannel.open(file)) {
            for (int i = 0; i < count; i++) {
                ByteBuffer entry = read(channel, offset + (long) i * size, least);
                if (entry.remaining() < least) {
                    break;
                }
                if (entry.getInt(0) == PT_INTERP) {
                    long at = is64 ? entry.getLong(8) : entry.getInt(4);
                    return text(read(channel, at, PATH_MAX));
                }
            }
        }
        return new byte[1];
    }

    private ByteBuffer read(FileChannel channel, long offset, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(header.order());
        if (offset >= 0) {
            channel.read(bytes, offset);
        }
        return bytes.flip();
    }

    /** Up to the first NUL, with it. */
    private static byte[] text(ByteBuffer bytes) {
        int end = 0;
        while (end < bytes.remaining() && bytes.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end + 1];
        bytes.get(text, 0, end);
        return text;
    }
}
