// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever of the JVM or of the calling thread has changed since a helper was made: a child that is
 * started then has it, and no more rights than a cold start would give it.
 */
@Timeout(120)
class WarmDriftTest {
    /** Makes filters count: this one harms nobody. */
    private static final String[] FILTERED = {Os.program("deny"), "acct=EPERM", "--"};

    @TempDir Path folder;

    @BeforeAll
    static void needsX86() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "calls by their numbers on x86");
        assumeTrue(new File("/usr/bin/perl").canExecute(), "no perl, to tell what a child sees");
    }

    @Test
    void givesWhatHasChangedSince() throws Exception {
        assertFollows(SecondJvm.startedBy().run(WarmDrift.class));
    }

    @Test
    void givesAnOrdinaryUserWhatHasChangedSince() throws Exception {
        assertFollows(asUser());
    }

    @Test
    void givesAFurtherFilter() throws Exception {
        assertFollows(SecondJvm.startedBy(FILTERED).run(WarmDrift.class, "filtered"));
    }

    @Test
    void givesAnOrdinaryUserAFurtherFilter() throws Exception {
        assertFollows(asUser(FILTERED, "filtered"));
    }

    private String asUser(String[] prefix, String... args) throws Exception {
        return OtherUser.jvm(prefix)
                .runOnClassPath(OtherUser.readableClassPath(folder), WarmDrift.class, args);
    }

    private String asUser() throws Exception {
        return asUser(new String[0]);
    }

    private static void assertFollows(String output) {
        assumeFalse(output.contains("refused "), () -> "no helper can be made: " + output);
        assertThat(output).endsWith("\nOK");
    }
}
