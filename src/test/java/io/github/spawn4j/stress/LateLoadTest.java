// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.Strategies;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library may be loaded when an application has many files open; starts are the same then. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LateLoadTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {60, 100, 300})
    void childHoldsNoFileOfTheJvmWhileItWaits(int files) throws Exception {
        assertThat(lateLoad(files, "waits")).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 300})
    void everyStrategyGivesTheSameChild(int files) throws Exception {
        assertThat(run(files, EveryStrategy.class, strategies().toArray(String[]::new)))
                .isEqualTo("OK");
    }

    @Test
    void everyUseWorks() throws Exception {
        assertThat(lateLoad(300, "uses")).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 300, 2000})
    void childInNamespacesMayHaveFewFiles(int files) throws Exception {
        assertThat(lateLoad(files, LibC.isRoot() ? "limits of a user" : "limits")).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 300})
    void programsThatWereJustWrittenAreNeverBusy(int files) throws Exception {
        assertThat(run(files, WriteAndRun.class, folder.toString(), "500")).isEqualTo("0 busy");
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 70, 100, 128})
    void everyStrategyWorksWithFewDescriptors(int limit) throws Exception {
        List<String> args = new ArrayList<>(List.of("10", EveryStrategy.class.getName()));
        args.addAll(strategies());

        // A JVM opens each jar that it looks for a class in.
        String classPath =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(it -> it.endsWith("classes") || it.contains("slf4j"))
                        .collect(Collectors.joining(File.pathSeparator));
        String script = "ulimit -n " + limit + " && exec \"$@\"";
        String output =
                SecondJvm.startedBy("/bin/sh", "-c", script, "sh")
                        .runOnClassPath(classPath, FilesFirst.class, args.toArray(String[]::new));

        assertThat(output).isEqualTo("OK");
    }

    private static List<String> strategies() {
        return Strategies.ofTheKernel().stream().map(Enum::name).toList();
    }

    private String lateLoad(int files, String what) throws Exception {
        return run(files, LateLoad.class, what, folder.toString());
    }

    private static String run(int files, Class<?> main, String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of(Integer.toString(files), main.getName()));
        all.addAll(List.of(args));
        return SecondJvm.startedBy().run(FilesFirst.class, all.toArray(String[]::new));
    }
}
