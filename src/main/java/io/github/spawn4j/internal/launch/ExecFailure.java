// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Executable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What execve(2) does not say: that a file is there and something is missing that it needs, or
 * which of its limits was met. A look at the file after the failure, for a message.
 */
final class ExecFailure {
    /** An interpreter may be a script itself; the kernel follows so many. */
    private static final int MOST_INTERPRETERS = 5;

    private ExecFailure() {}

    /**
     * What is known of a failed execution, or an empty string.
     *
     * @param candidates the files that may have been meant: the first that is there was, except
     *     those that a search passes over and that fail in another way
     */
    static String explain(int errno, List<byte[]> candidates) {
        try {
            for (byte[] candidate : candidates) {
                ProgramFile file = ProgramFile.of(candidate);
                String explanation = file == null ? "" : explain(errno, file);
                if (!explanation.isEmpty()) {
                    return explanation;
                }
            }
            return "";
        } catch (IOException | RuntimeException e) {
            return ""; // whatever the file holds, it must not hide what the kernel has said
        }
    }

    private static String explain(int errno, ProgramFile file) throws IOException {
        switch (errno) {
            case Errno.ENOENT:
            case Errno.ENOTDIR:
                return need(errno, file, "", 0);
            case Errno.EACCES:
                String denial = file.denial();
                return denial.isEmpty() ? need(errno, file, "", 0) : denial;
            case Errno.ENOEXEC:
                return file.denial().isEmpty() ? defect(file) : "";
            default:
                return "";
        }
    }

    /**
     * What of the things that a program needs is missing.
     *
     * @param failure the error, which is the same for what is missing
     * @param owner "interpreter's " and so on, for what an interpreter needs
     * @param depth how many interpreters there were already
     */
    private static String need(int failure, ProgramFile file, String owner, int depth)
            throws IOException {
        if (file.isScript() && depth < MOST_INTERPRETERS) {
            return missing(failure, file.interpreter(), owner + "interpreter", depth);
        }
        return file.isElf() ? missing(failure, file.loader(), owner + "ELF loader", depth) : "";
    }

    private static String missing(int failure, byte[] needed, String role, int depth)
            throws IOException {
        if (needed.length == 1) {
            return "";
        }
        if (PathBytes.isRelative(needed)) {
            return named(role, needed) + " is sought in the directory of the child";
        }
        int errno = Executable.check(needed);
        if (errno != 0) {
            if (Outcome.isMissing(errno) != Outcome.isMissing(failure)) {
                return "";
            }
            return named(role, needed)
                    + (Outcome.isMissing(errno)
                            ? " does not exist"
                            : " may not be executed, " + Errno.name(errno));
        }
        ProgramFile file = ProgramFile.of(needed);
        return file == null ? "" : need(failure, file, role + "'s ", depth + 1);
    }

    private static String defect(ProgramFile file) throws IOException {
        ProgramFile last = file;
        String interpreter = "";
        for (int i = 0; i < MOST_INTERPRETERS && isCompleteScript(last); i++) {
            ProgramFile next = ProgramFile.of(last.interpreter());
            if (next == null) {
                return "";
            }
            interpreter = named("interpreter", last.interpreter()) + " is no program: ";
            last = next;
        }
        String defect = last.defect();
        return defect.isEmpty() ? "" : interpreter + defect;
    }

    private static boolean isCompleteScript(ProgramFile file) {
        return file.isScript() && file.isInterpreterComplete();
    }

    private static String named(String role, byte[] path) {
        byte[] name = Arrays.copyOf(path, path.length - 1);
        return "its " + role + " \"" + Text.printable(name) + "\"";
    }
}
