// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What could not be measured: said at once, and once. Thread-safe. */
final class Remarks {
    private final PrintWriter err;

    @GuardedBy("this")
    private final List<String> all = new ArrayList<>();

    Remarks(PrintWriter err) {
        this.err = err;
    }

    void leftOut(Object what, String reason) {
        add("left out: " + what + ": " + reason);
    }

    synchronized void add(String remark) {
        if (!all.contains(remark)) {
            all.add(remark);
            err.println(remark);
        }
    }

    /** What is no remark on the result. */
    void say(String text) {
        err.println(text);
    }

    synchronized List<String> all() {
        return List.copyOf(all);
    }
}
