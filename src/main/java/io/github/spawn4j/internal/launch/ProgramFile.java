// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Executable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;

/**
 * A file that could not be executed, and what execve(2) must have found in it. Looked at after the
 * failure, so it may have changed meanwhile; nothing but a message depends on it. Immutable.
 */
final class ProgramFile {
    /** So much of a file does the kernel read to tell what it is (BINPRM_BUF_SIZE). */
    private static final int HEAD = 256;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final byte[] NONE = {0};

    private final byte[] name;
    private final Path path;
    private final boolean isReadable;

    /** The first bytes; empty if the file may not be read. */
    private final byte[] head;

    private ProgramFile(byte[] name, Path path) throws IOException {
        this.name = name;
        this.path = path;
        // Nothing but files: to open a FIFO would wait, and a device would notice.
        isReadable = Files.isRegularFile(path) && Files.isReadable(path);
        head = isReadable ? head(path) : new byte[0];
    }

    /** The file with this name, or null if there is none. */
    static ProgramFile of(byte[] name) throws IOException {
        Path path = PathBytes.toPath(name);
        return Files.exists(path) ? new ProgramFile(name, path) : null;
    }

    private static byte[] head(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(HEAD);
        }
    }

    /** Why it may not be executed, or an empty string if that cannot be seen. */
    String denial() throws IOException {
        if (Files.isDirectory(path)) {
            return "it is a directory";
        }
        if (!Files.isRegularFile(path)) {
            return "it is no regular file";
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (!permissions.contains(PosixFilePermission.OWNER_EXECUTE)
                && !permissions.contains(PosixFilePermission.GROUP_EXECUTE)
                && !permissions.contains(PosixFilePermission.OTHERS_EXECUTE)) {
            return "it has no permission to be executed";
        }
        return Executable.check(name) == 0
                ? ""
                : "its permissions are not for this user, or its file system is mounted noexec";
    }

    boolean isScript() {
        return head.length >= 2 && head[0] == '#' && head[1] == '!';
    }

    boolean isElf() {
        return head.length >= ElfProgram.HEADER && ElfProgram.isOne(head);
    }

    /**
     * The interpreter that the first line of a script names, as the kernel reads it: up to a blank
     * or the end of the line, of which a carriage return is part. Encoded; empty if there is none.
     */
    byte[] interpreter() {
        int start = interpreterStart();
        return Arrays.copyOf(
                Arrays.copyOfRange(head, start, interpreterEnd()), interpreterEnd() - start + 1);
    }

    /** Whether the kernel reads all of the interpreter's name. */
    boolean isInterpreterComplete() {
        return interpreterEnd() > interpreterStart() && interpreterEnd() < HEAD;
    }

    private int interpreterStart() {
        int start = 2;
        while (start < head.length && isBlank(head[start])) {
            start++;
        }
        return start;
    }

    private int interpreterEnd() {
        int end = interpreterStart();
        while (end < head.length && !isBlank(head[end]) && head[end] != '\n' && head[end] != 0) {
            end++;
        }
        return end;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** The loader of an ELF program, encoded; empty if it has none. */
    byte[] loader() throws IOException {
        return isElf() ? new ElfProgram(head).loader(path) : NONE;
    }

    /** Why a file that nothing hinders is no program, or an empty string if that is not known. */
    String defect() throws IOException {
        if (!isReadable) {
            return "";
        }
        if (head.length == 0) {
            return "it is empty";
        }
        if (isScript()) {
            return interpreterEnd() == interpreterStart()
                    ? "its first line names no interpreter"
                    : "the interpreter in its first line is longer than " + HEAD + " bytes";
        }
        if (isElf()) {
            return elfDefect(new ElfProgram(head).machine());
        }
        if (ElfProgram.isOne(head)) {
            return "it is the beginning of an ELF program only";
        }
        return Arrays.equals(Arrays.copyOf(head, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)
                ? "a byte order mark stands before its first line"
                : "it begins neither with #! nor as an ELF program";
    }

    private static String elfDefect(String machine) throws IOException {
        byte[] ours = head(Path.of("/proc/self/exe"));
        String here = new ElfProgram(ours).machine();
        return machine.equals(here)
                ? "it is an ELF program that is damaged or no executable"
                : "it is an ELF program for " + machine + ", the JVM is one for " + here;
    }
}
