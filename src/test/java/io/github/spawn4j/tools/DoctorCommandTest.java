// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code doctor} leaves nothing open. */
class DoctorCommandTest extends ToolsTest {
    private final Run run = run("doctor");

    @Test
    void answersForEveryCapability() {
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        for (Capability capability : Capability.values()) {
            List<String> row = List.of(capability.row());
            assertThat(row.get(1)).isIn("yes", "no");
            assertThat(run.out().lines()).anySatisfy(line -> assertThat(line).contains(row));
        }
    }

    @Test
    void saysWhereItRuns() {
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("kernel +\\d+\\.\\d+.*"))
                .anyMatch(line -> line.matches("C library +\\S.*"))
                .anyMatch(line -> line.matches("open files +\\d+, at most \\d+"))
                .anyMatch(line -> line.matches("cgroup v2 +\\S.*"))
                .anyMatch(line -> line.matches("cgroup of its own +can(not)? be had.*"))
                .anyMatch(line -> line.matches("seccomp +\\S.*"))
                .anyMatch(line -> line.matches("no_new_privs +(not )?set"))
                .anyMatch(line -> line.matches("deny-write +can(not)? be had.*"))
                .anyMatch(line -> line.matches("warm templates +can(not)? be had.*"));
    }

    @Test
    void saysWhatWarmTemplatesNeed() {
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("ptrace +(yes|no).*"))
                .anyMatch(line -> line.matches("kcmp +(yes|no).*"))
                .anyMatch(line -> line.matches("checkpoint/restore +(yes|no).*"));
    }

    @Test
    void namesTheLinkersThatWereTried() {
        assumeTrue(run.out().contains("can be had (tried with a template of true)"));
        assertThat(run.out().lines())
                .anyMatch(
                        line ->
                                line.matches(
                                        "tested linkers +/.*ld.* \\(build id [0-9a-f-]+\\)"
                                                + " starts warm as cold.*"));
    }

    @Test
    void namesTheStrategy() {
        assertThat(run.out()).contains("strategy: clone3");
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 9})
    void saysInOneLineThatThereAreTooFewDescriptors(int limit) throws Exception {
        Run apart = runWithDescriptors(limit, "doctor");

        assertThat(apart.exitCode()).isEqualTo(1);
        assertThat(apart.out()).isEmpty();
        assertThat(apart.err().lines())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("spawn4j-tools")
                .contains("too few descriptors", "ulimit -n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.github.spawn4j.library=/proc/no/such",
                "io.github.spawn4j.workdir=/proc/no/such",
            })
    void saysInOneLineWhyTheLibraryCannotBeLoaded(String property) throws Exception {
        Run apart = runApart(List.of("-D" + property), "doctor");

        assertThat(apart.exitCode()).isZero();
        assertThat(apart.out().lines())
                .filteredOn(line -> line.startsWith("strategy: "))
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("strategy: jdk: ")
                .contains("/proc/no");
    }

    @Test
    void saysThatTheJdkMayNotTakeTheKernelsPlace() throws Exception {
        Run apart =
                runApart(
                        List.of(
                                "-Dio.github.spawn4j.workdir=/proc/no/such",
                                "-Dio.github.spawn4j.strategy=clone3"),
                        "doctor");

        assertThat(apart.out()).contains("strategy: none, because ").contains("/proc/no");
    }

    @ParameterizedTest
    @ValueSource(strings = {"os.name=Mac OS X", "os.arch=sparc"})
    void saysWhatTheSystemIs(String property) throws Exception {
        Run apart = runApart(List.of("-D" + property), "doctor");

        assertThat(apart.exitCode()).isZero();
        assertThat(apart.out())
                .contains("strategy: jdk: ")
                .contains(property.substring(property.indexOf('=') + 1));
    }
}
