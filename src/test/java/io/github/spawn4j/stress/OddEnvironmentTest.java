// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Differences;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A JVM whose environment no shell would make: variables that are no text, come twice, have no name
 * or no value. The library and the JDK's {@link ProcessBuilder} do the same with it.
 */
@Timeout(120)
class OddEnvironmentTest {
    private static final String ENVIRONMENT =
            Path.of(System.getProperty("spawn4j.native.bin"), "environment").toString();

    @TempDir Path folder;

    private String tools(String name) throws Exception {
        Path tools = Files.createDirectory(folder.toRealPath().resolve(name));
        Path tool = Files.writeString(tools.resolve("odd-tool"), "#!/bin/sh\necho " + name + "\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        return tools.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void isPassedOnAsTheJdkDoes(String locale) throws Exception {
        Differences.assertListed("a search once `environment()` was called");
        String output =
                SecondJvm.startedBy(
                                ENVIRONMENT,
                                "LC_ALL=" + locale,
                                "PATH=:relative:" + tools("first") + ":/usr/bin:/bin",
                                "PATH=" + tools("second") + ":/usr/bin:/bin",
                                "=C:=C:\\x5cwork",
                                "NOTEXT=a\\xff\\xfeb",
                                "LATIN=gr\\xfcn",
                                "UTF8=gr\\xc3\\xbcn",
                                "EMPTY=",
                                "N\\xffME=1",
                                "N\\xfeME=2",
                                "ONLY\\xff=1",
                                "NOTEXT=second",
                                "NOVALUE",
                                "--")
                        .run(OddEnvironment.class, folder.toRealPath().toString());

        assertThat(output).isEqualTo("the same");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void hasItsBytesWhateverTheFileEncodingIs(String locale) throws Exception {
        Differences.assertListed("text beyond ASCII on JDK 17 with `-Dfile.encoding`");
        String output =
                SecondJvm.startedBy(
                                ENVIRONMENT,
                                "LC_ALL=" + locale,
                                "PATH=/usr/bin:/bin",
                                "UTF8=gr\\xc3\\xbcn",
                                "F\\xc3\\xbc=1",
                                "--")
                        .option("-Dfile.encoding=ISO-8859-1")
                        .run(OddEnvironment.class, folder.toRealPath().toString(), "encoding");

        assertThat(output).isEqualTo("the same");
    }

    @Test
    void isPassedOnDifferentlyWhereTheReadmeSaysSo() throws Exception {
        Differences.assertListed("text beyond ASCII without a locale");
        Differences.assertListed("a value put back");
        Differences.assertListed("entries that are no variables");
        Differences.assertListed("ignored and blocked signals");
        Differences.assertListed("a JVM without PATH");
        Differences.assertListed("who watches");
        String output =
                SecondJvm.startedBy(
                                "/bin/sh",
                                "-c",
                                "trap '' USR1; exec \"$@\"",
                                "sh",
                                ENVIRONMENT,
                                "LC_ALL=C",
                                "LATIN=gr\\xfcn",
                                "NOVALUE",
                                "--")
                        .run(OddEnvironment.class, folder.toRealPath().toString(), "differences");

        assertThat(output).isEqualTo("different");
    }
}
