// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.stress.CallTrace.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a trace says, also where threads interrupt each other. */
class CallTraceTest {
    private static final String BEGINS =
            "10 newfstatat(AT_FDCWD, \"" + TracedStarts.BEGINS + "\", 0x7, 0) = -1 ENOENT";
    private static final String ENDS =
            "10 newfstatat(AT_FDCWD, \"" + TracedStarts.ENDS + "\", 0x7, 0) = -1 ENOENT";

    private static final List<String> START =
            List.of(
                    BEGINS,
                    "10 clone3({flags=CLONE_VFORK, exit_signal=SIGCHLD} <unfinished ...>",
                    "99 futex(0x7, FUTEX_WAIT, 1 <unfinished ...>",
                    "20 dup3(8, 0, 0 <unfinished ...>",
                    "99 <... futex resumed>) = 0",
                    "20 <... dup3 resumed>) = 0",
                    "20 dup3(8, 1, 0) = 1",
                    "20 execve(\"/noop\", [\"noop\"], 0x7 <unfinished ...>",
                    "10 <... clone3 resumed> => {pidfd=[68]}, 88) = 20",
                    "20 <... execve resumed>) = 0",
                    "20 exit_group(0) = ?",
                    "10 --- SIGCHLD {si_signo=SIGCHLD, si_pid=20} ---",
                    "10 close(68) = 0",
                    ENDS);

    private static final List<Row> ROWS =
            List.of(
                    new Row(CallTrace.PARENT, "clone3", 1),
                    new Row(CallTrace.PARENT, "close", 1),
                    new Row(CallTrace.CHILD, "dup3", 2),
                    new Row(CallTrace.CHILD, "execve", 1));

    @Test
    void countsEachCallOnceUntilTheChildHasItsProgram() {
        assertThat(CallTrace.usual(START)).isEqualTo(ROWS);
    }

    @Test
    void passesOverStartsThatMetSomethingElse() {
        List<String> disturbed = new ArrayList<>(START);
        disturbed.add(1, "10 futex(0x7, FUTEX_WAKE, 1) = 0");
        List<String> trace = Stream.of(disturbed, START, START).flatMap(List::stream).toList();

        assertThat(CallTrace.usual(trace)).isEqualTo(ROWS);
    }

    @Test
    void refusesATraceWithoutAStart() {
        assertThatThrownBy(() -> CallTrace.usual(List.of("10 close(3) = 0")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no start");
    }
}
