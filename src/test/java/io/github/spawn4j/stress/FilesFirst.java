// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Opens files as an application with many jars does, and runs another main class, which so loads
 * the library when its low numbers are taken. Arguments: how many, the class, its arguments.
 */
final class FilesFirst {
    /** Kept open. */
    private static final List<InputStream> FILES = new ArrayList<>();

    private FilesFirst() {}

    public static void main(String[] args) throws Exception {
        for (int i = Integer.parseInt(args[0]); i > 0; i--) {
            FILES.add(new FileInputStream("/etc/passwd"));
        }
        var main = Class.forName(args[1]).getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        main.invoke(null, (Object) Arrays.copyOfRange(args, 2, args.length));
    }
}
