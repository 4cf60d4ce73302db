// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tree of /proc says of the limit that the JVM was started with. */
class RaisedLimitTest {
    private static final String PARENT = "41";
    private static final String NAME_OF_ODD_PROCESS = "(a) 1 2 3 4\n5 (";

    @TempDir private Path proc;

    private void process(String pid, String parent, String session, String soft, String hard)
            throws IOException {
        Path process = Files.createDirectory(proc.resolve(pid));
        Files.writeString(
                process.resolve("stat"),
                "42 (" + NAME_OF_ODD_PROCESS + ") S " + parent + " 40 " + session + " 0 -1 0\n");
        Files.writeString(
                process.resolve("limits"),
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             100                  200                  processes
                Max open files            %-20s %-20s files
                Max locked memory         8388608              8388608              bytes
                """
                        .formatted(soft, hard));
    }

    private long before() throws IOException {
        return RaisedLimit.before(proc.toString());
    }

    @Test
    void isTheParentsLowerOne() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        process(PARENT, "1", "40", "1024", "4096");
        assertThat(before()).isEqualTo(1024);
    }

    /** As in a container, whose first process is a shell. */
    @Test
    void isThatOfAFirstProcessInTheSameSession() throws Exception {
        process("self", "1", "1", "4096", "4096");
        process("1", "0", "1", "1024", "4096");
        assertThat(before()).isEqualTo(1024);
    }

    /** As of a JVM that a JVM has started. */
    @Test
    void isTheLowerOneOfTheNearestThatHasNotRaisedItsOwn() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        process(PARENT, "31", "40", "4096", "4096");
        process("31", "30", "40", "4096", "4096");
        process("30", "1", "40", "1024", "4096");
        process("1", "0", "1", "512", "4096");
        assertThat(before()).isEqualTo(1024);
    }

    @Test
    void isUnknownWhereOnlyAnotherSessionHasALowerOne() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        process(PARENT, "1", "40", "4096", "4096");
        process("1", "0", "1", "1024", "4096");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isUnknownWhereTheParentCannotBeSeen() throws Exception {
        process("self", "0", "1", "4096", "4096");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isUnknownWhereTheParentIsOfAnotherSession() throws Exception {
        process("self", "1", "42", "4096", "4096");
        process("1", "0", "1", "1024", "4096");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isUnknownWhereTheHardLimitsDiffer() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        process(PARENT, "1", "40", "1024", "8192");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isUnknownWhereTheParentHasTheSame() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        process(PARENT, "1", "40", "4096", "4096");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isUnknownWhereOursWasNotRaised() throws Exception {
        process("self", PARENT, "40", "2048", "4096");
        process(PARENT, "1", "40", "1024", "4096");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isUnknownWithoutProc() throws Exception {
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isUnknownWhereProcSaysSomethingElse() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        process(PARENT, "1", "40", "few", "4096");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
        Files.writeString(proc.resolve(PARENT).resolve("limits"), "\nMax open files\n");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
        Files.writeString(proc.resolve(PARENT).resolve("stat"), "");
        assertThat(before()).isEqualTo(RaisedLimit.UNKNOWN);
    }

    @Test
    void isAFailureWhereSomethingThatIsThereCannotBeRead() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        Files.createDirectories(proc.resolve(PARENT).resolve("limits"));
        assertThatThrownBy(this::before).isInstanceOf(IOException.class);
    }

    /** Each start would meet the same failure. */
    @Test
    void isNotAskedForAgainWhereItCannotBeRead() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        Path limits = Files.createDirectories(proc.resolve(PARENT).resolve("limits"));
        RaisedLimit limit = new RaisedLimit(proc.toString());
        assertThat(limit.attribute()).isNull();
        Files.delete(limits);
        Files.delete(limits.getParent());
        process(PARENT, "1", "40", "1024", "4096");

        assertThat(limit.attribute()).isNull();
        assertThat(new RaisedLimit(proc.toString()).attribute()).hasToString("prlimit NOFILE 1024");
    }

    @Test
    void isAskedForAgainWhenThereAreDescriptors() throws Exception {
        process("self", PARENT, "40", "4096", "4096");
        process(PARENT, "1", "40", "1024", "4096");
        RaisedLimit limit = new RaisedLimit(proc.toString());
        long[] ours = new long[2];
        LibC.check("getrlimit", LibC.getrlimit(LibC.RLIMIT_NOFILE, ours));
        LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, new long[] {10, ours[1]}));
        Attribute without;
        try {
            without = limit.attribute();
        } finally {
            LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, ours));
        }

        assertThat(without).isNull();
        assertThat(limit.attribute()).hasToString("prlimit NOFILE 1024");
    }
}
