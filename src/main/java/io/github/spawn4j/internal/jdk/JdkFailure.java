// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.jdk;

import io.github.spawn4j.internal.os.Errno;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a message of {@link ProcessBuilder#start} tells. */
public final class JdkFailure {
    /** {@code error=2, No such file or directory}, and {@code error: 2 (...)} on newer JDKs. */
    private static final Pattern NUMBER = Pattern.compile("error[=:] ?(\\d+)");

    /** {@code /no/such (No such file or directory)}, of a file of a redirect. */
    private static final Pattern TEXT = Pattern.compile("\\(([^()]+)\\)$");

    private JdkFailure() {}

    /** The file that a message of {@link java.io.FileNotFoundException} names. */
    public static String file(String message) {
        Matcher text = TEXT.matcher(message);
        return text.find() ? message.substring(0, text.start()).strip() : message;
    }

    /** The error number, as the system has it, or 0 if the message has none. */
    public static int errno(String message) {
        Matcher number = NUMBER.matcher(message);
        if (number.find()) {
            return Integer.parseInt(number.group(1));
        }
        Matcher text = TEXT.matcher(message);
        return text.find() ? Errno.ofText(text.group(1)) : 0;
    }
}
