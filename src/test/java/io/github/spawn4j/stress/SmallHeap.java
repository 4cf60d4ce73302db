// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.Capture;
import io.github.spawn4j.CommandException;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;

/** Captures more than the heap can hold, and says how that ended; run by {@link SmallHeapTest}. */
final class SmallHeap {
    private SmallHeap() {}

    public static void main(String[] args) throws Exception {
        try {
            PidfdProcess.builder("yes")
                    .run(RunOptions.noTimeout().stdout(Capture.failBeyond(Integer.MAX_VALUE)));
        } catch (CommandException e) {
            System.out.println(e.reason());
        } catch (IllegalStateException e) {
            System.out.println("no result, but an end: " + e.getCause());
        }
        System.out.println(
                PidfdProcess.builder("echo", "and goes on").run(RunOptions.noTimeout()).stdout());
    }
}
