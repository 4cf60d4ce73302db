// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first start of a JVM does without what is dear to begin with: each of these takes as long as
 * ten starts or a hundred.
 */
class FirstStartTest {
    private static final String LIBRARY = "io.github.spawn4j.";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "builder",
                "ProcessBuilder",
                "template",
                "strict builder",
                "strict template"
            })
    void touchesNothingThatIsDearToBeginWith(String way) throws Exception {
        List<String> loaded = loadedByFirstStart(way);

        assertThat(loaded).anyMatch(name -> name.startsWith(LIBRARY + "internal.os.Spawn"));
        assertThat(loaded).filteredOn(FirstStartTest::isDear).isEmpty();
    }

    /** What is first missed for want of a descriptor is missing for ever. */
    @Test
    void hasAllThatAProcessMayNeedLater() throws Exception {
        List<String> loaded = loadedBetween(Lives.class, Lives.Begin.class, Lives.End.class);

        assertThat(loaded).anyMatch(name -> name.startsWith("java."));
        // Whose initialiser is lost for ever where it finds no memory.
        assertThat(loaded).noneMatch(name -> name.startsWith("java.util.stream.Nodes"));
        assertThat(loaded)
                .filteredOn(name -> name.startsWith(LIBRARY) && !name.contains("$$Lambda"))
                .filteredOn(name -> !name.startsWith(LIBRARY + "stress."))
                .isEmpty();
    }

    /** An initialiser that meets a full heap is lost for ever, and with it all looks at workers. */
    @Test
    void initialisesWhatALookAtWorkersNeedsBeforeThereIsAChild() throws Exception {
        String log =
                SecondJvm.withCollector("-XX:+UseSerialGC")
                        .option("-Xlog:class+init=info")
                        .runOnClassPath(classPath(), Lives.class);

        assertThat(log).contains("java/lang/Thread$State'", "Lives$Begin'");
        assertThat(log.indexOf("java/lang/Thread$State'")).isLessThan(log.indexOf("Lives$Begin'"));
    }

    @Test
    void leavesNothingOfTheLibraryBehind(@TempDir Path directory) throws Exception {
        String output =
                SecondJvm.withCollector("-XX:+UseSerialGC")
                        .option("-Dio.github.spawn4j.workdir=" + directory)
                        .run(FirstStart.class, "builder");

        assertThat(output).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    private static boolean isDear(String name) {
        // Random numbers, and the providers of them and of all else.
        return name.startsWith("sun.security.jca.")
                || name.startsWith("sun.security.provider.")
                || name.equals("java.security.SecureRandom")
                || name.equals("java.security.Provider")
                || name.equals("java.security.Security")
                // What is made of our lambdas and references to methods, and of sums of strings.
                || (name.startsWith(LIBRARY) && name.contains("$$Lambda"))
                || name.equals("java.lang.invoke.StringConcatFactory")
                // What is made of the equals and hashCode of a record.
                || name.equals("java.lang.runtime.ObjectMethods")
                || name.startsWith("java.util.regex.")
                || name.equals("java.util.Formatter")
                || name.equals("java.lang.ProcessHandleImpl")
                || name.equals("org.slf4j.helpers.NOPLogger");
    }

    private static List<String> loadedByFirstStart(String way) throws Exception {
        return loadedBetween(FirstStart.class, FirstStart.Begin.class, FirstStart.End.class, way);
    }

    private static List<String> loadedBetween(
            Class<?> main, Class<?> first, Class<?> last, String... args) throws Exception {
        String log =
                SecondJvm.withCollector("-XX:+UseSerialGC")
                        .option("-Xlog:class+load=info")
                        .runOnClassPath(classPath(), main, args);
        List<String> loaded =
                log.lines()
                        .filter(line -> line.contains(" source: "))
                        .map(FirstStartTest::name)
                        .collect(Collectors.toList());
        int begin = loaded.indexOf(first.getName());
        int end = loaded.indexOf(last.getName());
        if (begin < 0 || end < begin) {
            fail("it has not come to its end: %s", log);
        }
        return loaded.subList(begin, end);
    }

    /** Without a backend for the log, which is somebody else's to pay for. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> !entry.contains("slf4j-simple"))
                .collect(Collectors.joining(":"));
    }

    /** From {@code [0.1s][info][class,load] java.lang.Object source: ...}. */
    private static String name(String line) {
        String head = line.substring(0, line.indexOf(" source: "));
        return head.substring(head.lastIndexOf(' ') + 1);
    }
}
