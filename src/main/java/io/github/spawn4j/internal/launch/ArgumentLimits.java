// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The limits that execve(2) sets to arguments and environment, see there. Asked after E2BIG, for a
 * message.
 */
final class ArgumentLimits {
    /** MAX_ARG_STRLEN, in pages. */
    private static final long STRING_PAGES = 32;

    private static final long LEAST_SUM = 128 * 1024;
    private static final long MOST_SUM = 6 * 1024 * 1024;
    private static final int AT_PAGESZ = 6;
    private static final long USUAL_PAGE = 4096;

    private ArgumentLimits() {}

    /** Which limit was met, with both figures, or an empty string if none is known to be. */
    static String explain(Strings arguments, Strings environment, int programLength) {
        long limit = STRING_PAGES * pageSize();
        String tooLong = longest("argument", arguments, limit);
        if (tooLong.isEmpty()) {
            tooLong = longest("environment variable", environment, limit);
        }
        if (!tooLong.isEmpty()) {
            return tooLong;
        }
        long pointers = (long) (arguments.count() + environment.count()) * Long.BYTES;
        long sum = arguments.bytes().length + environment.bytes().length + programLength + pointers;
        long most = Math.max(LEAST_SUM, Math.min(MOST_SUM, stackLimit() / 4));
        return sum <= most
                ? ""
                : "arguments and environment take "
                        + sum
                        + " bytes with a pointer to each, the limit is "
                        + most
                        + ": a quarter of the stack's (RLIMIT_STACK), 6 MiB at most";
    }

    /** Names a string that is longer than {@code limit}, its NUL included. */
    private static String longest(String what, Strings strings, long limit) {
        byte[] bytes = strings.bytes();
        int start = 0;
        for (int i = 0; i < strings.count(); i++) {
            int end = start;
            while (bytes[end] != 0) {
                end++;
            }
            long length = end + 1L - start;
            if (length > limit) {
                boolean isArgument = what.equals("argument");
                return what
                        + " "
                        + (isArgument ? Integer.toString(i) : name(bytes, start, end))
                        + " takes "
                        + length
                        + " bytes, the limit for one string is "
                        + limit
                        + " (MAX_ARG_STRLEN)";
            }
            start = end + 1;
        }
        return "";
    }

    /** A value may be a secret. */
    private static String name(byte[] bytes, int start, int end) {
        int equals = start;
        while (equals < end && bytes[equals] != '=') {
            equals++;
        }
        return Text.printable(Arrays.copyOfRange(bytes, start, equals));
    }

    private static long stackLimit() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith("Max stack size")) {
                    String soft =
                            line.substring("Max stack size".length()).strip().split(" +", 2)[0];
                    return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
                }
            }
        } catch (IOException | NumberFormatException e) {
            // As below: where nothing is known, the highest limit cannot accuse anybody wrongly.
        }
        return Long.MAX_VALUE;
    }

    private static long pageSize() {
        try {
            ByteBuffer auxv = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")));
            auxv.order(ByteOrder.nativeOrder());
            while (auxv.remaining() >= 2 * Long.BYTES) {
                long type = auxv.getLong();
                long value = auxv.getLong();
                if (type == AT_PAGESZ) {
                    return value;
                }
            }
        } catch (IOException e) {
            // As below.
        }
        return USUAL_PAGE;
    }
}
