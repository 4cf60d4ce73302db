// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the kernel's own calls are not to be had the JDK does what it can. */
@Timeout(120)
class UnsupportedSystemTest {
    private static final String OK = "OK";

    @ParameterizedTest
    @ValueSource(strings = {"Windows 11", "Mac OS X"})
    void givesTheEverydayApiOnAnotherSystem(String name) throws Exception {
        assertThat(SecondJvm.startedBy().run(UnsupportedSystem.class, name, name)).endsWith(OK);
    }

    @ParameterizedTest
    @CsvSource({
        "-Dos.arch=sparc, sparc",
        "-Dio.github.spawn4j.workdir=/proc/no/such, /proc/no",
        "-Dio.github.spawn4j.library=/proc/no/such, /proc/no/such",
    })
    void givesItWhereTheNativeLibraryCannotBeLoaded(String option, String reason) throws Exception {
        String output = SecondJvm.startedBy().option(option).run(UnsupportedSystem.class, reason);

        assertThat(output).endsWith(OK);
    }

    @Test
    void givesTheReasonWhereverItIsEnteredOnAnotherSystem() throws Exception {
        String output = SecondJvm.startedBy().run(UnsupportedSweep.class, "Windows 11");

        assertThat(output).endsWith(OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dos.arch=sparc", "-Dio.github.spawn4j.workdir=/proc/no/such"})
    void givesTheReasonWhereverItIsEntered(String option) throws Exception {
        assertThat(SecondJvm.startedBy().option(option).run(UnsupportedSweep.class)).endsWith(OK);
    }

    /** Of what the library needs, not of what the JDK does. */
    @Test
    void givesItUnderAFilterThatForbidsTheKernelsCalls() throws Exception {
        String output =
                SecondJvm.startedBy(Os.program("deny"), "waitid:0=3=EPERM", "--")
                        .run(UnsupportedSystem.class, "waitid(2) by pidfd");

        assertThat(output).endsWith(OK);
    }
}
