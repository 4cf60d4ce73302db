// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What could not be measured: said at once, and once. One thread at a time. */
final class Remarks {
    private final PrintWriter err;
    private final List<String> all = new ArrayList<>();

    Remarks(PrintWriter err) {
        this.err = err;
    }

    void leftOut(Object what, String reason) {
        add("left out: " + what + ": " + reason);
    }

    void add(String remark) {
        if (!all.contains(remark)) {
            all.add(remark);
            err.println(remark);
        }
    }

    /** What is no remark on the result. */
    void say(String text) {
        err.println(text);
    }

    List<String> all() {
        return List.copyOf(all);
    }
}
