// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.strict.StrictSpawnTemplate;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's code outside of "Before and after", word for word between "begin" and "end", and the
 * methods that its table names.
 */
@Timeout(60)
class ReadmeTest {
    private static final Pattern CALL = Pattern.compile("(\\w+)\\(");

    private static final List<Class<?>> TYPES =
            List.of(
                    PidfdProcess.class,
                    EmptyProcess.class,
                    Pipeline.class,
                    Redirect.class,
                    RunOptions.class,
                    Capture.class);

    @TempDir Path folder;

    private static void log(Path repository) throws IOException, InterruptedException {
        // begin 1
        CommandResult result =
                PidfdProcess.builder("git", "log", "--oneline")
                        .directory(repository)
                        .run(RunOptions.timeout(ofSeconds(10)));
        System.out.println(result.stdout());
        // end
    }

    @Test
    void theFiveLinesSayWhatWentWrong() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/git")), "git is missing");
        Files.writeString(folder.resolve(".git"), "no repository");

        assertThatThrownBy(() -> log(folder))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("exit code 128");
    }

    @Test
    void theProposalIsThereToTheLetter() throws Exception {
        // begin 2
        var create = new StrictSpawnTemplate.CreateArgs();
        create.execfd = -1;
        create.filename = "/usr/bin/true";
        try (var template = StrictSpawnTemplate.spawn_template_create(create)) {
            var spawn = new StrictSpawnTemplate.SpawnArgs();
            spawn.pidfd = new int[1];
            spawn.argv = new String[] {"true"};
            int status = template.spawn_template_spawn(spawn).waitFor();
            // end
            assertThat(status).isZero();
        }
    }

    @Test
    void theReadmeShowsThisCode() throws Exception {
        String source =
                Files.readString(Path.of("src/test/java/io/github/spawn4j/ReadmeTest.java"));
        String readme = words(Files.readString(Path.of("README.md")));
        for (int snippet = 1; snippet <= 2; snippet++) {
            String code = source.split("// begin " + snippet + "\n")[1].split("// end\n")[0];
            assertThat(readme).as("snippet " + snippet).contains(words(code));
        }
    }

    /** Without what a formatter may change. */
    private static String words(String code) {
        return Stream.of(code.split("\\s+")).reduce("", String::concat);
    }

    @Test
    void theTableNamesMethodsThatAreThere() throws Exception {
        Set<String> known =
                TYPES.stream()
                        .flatMap(type -> Stream.of(type.getMethods()))
                        .map(Method::getName)
                        .collect(Collectors.toSet());
        String table =
                Files.readString(Path.of("README.md"))
                        .split("## From ProcessBuilder, method by method\n")[1]
                        .split("\n## ")[0];
        List<String> calls =
                table.lines()
                        .filter(line -> line.startsWith("| "))
                        .flatMap(line -> CALL.matcher(line.split(" \\| ")[1]).results())
                        .map(call -> call.group(1))
                        .toList();

        assertThat(calls).hasSizeGreaterThan(30).isSubsetOf(known);
    }
}
