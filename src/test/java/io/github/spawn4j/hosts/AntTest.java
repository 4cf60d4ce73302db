// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.agent.AgentJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.tools.ant.BuildException;
import org.apache.tools.ant.Main;
import org.apache.tools.ant.Project;
import org.apache.tools.ant.taskdefs.ExecTask;
import org.apache.tools.ant.taskdefs.launcher.CommandLauncher;
import org.apache.tools.ant.types.Environment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Apache Ant, which takes one small class. */
@Timeout(60)
class AntTest {
    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private final AntLauncher launcher = new AntLauncher();
    private final Project project = new Project();

    private ExecTask task(String program, String... arguments) {
        project.init();
        project.setBaseDir(folder.toFile());
        CommandLauncher.setVMLauncher(project, launcher);
        ExecTask task = new ExecTask();
        task.setProject(project);
        task.setTaskType("exec");
        task.setExecutable(program);
        for (String argument : arguments) {
            task.createArg().setValue(argument);
        }
        task.setOutputproperty("out");
        task.setErrorProperty("err");
        task.setResultProperty("result");
        return task;
    }

    @Test
    void antRunsItsTask() throws Exception {
        ExecTask task = task("sh", "-c", "pwd; cat; echo \"$NAME\" >&2; exit 3");
        Environment.Variable variable = new Environment.Variable();
        variable.setKey("NAME");
        variable.setValue("gr\u00fcn");
        task.addEnv(variable);
        task.setInputString("what is typed\n");

        int before = AntLauncher.started();

        task.execute();

        assertThat(AntLauncher.started()).isEqualTo(before + 1);
        assertThat(project.getProperty("out")).isEqualTo(folder + "\nwhat is typed");
        assertThat(project.getProperty("err")).isEqualTo("gr\u00fcn");
        assertThat(project.getProperty("result")).isEqualTo("3");
    }

    @Test
    void antReadsMuchOutput() throws Exception {
        task("sh", "-c", "yes | head -n 200000").execute();

        assertThat(project.getProperty("out")).hasLineCount(200_000);
    }

    @Test
    void antFailsItsBuild() throws Exception {
        ExecTask failing = task("sh", "-c", "exit 1");
        failing.setFailonerror(true);
        assertThatThrownBy(failing::execute)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("exec returned: 1");

        ExecTask missing = task("no-such-program");
        assertThatThrownBy(missing::execute)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining(
                        "Cannot run program \"no-such-program\" (in directory \""
                                + folder
                                + "\"): error=2, No such file or directory");
    }

    @Test
    void antEndsATaskThatTakesTooLong() throws Exception {
        ExecTask task = task("sh", "-c", "echo begun; exec sleep 600");
        task.setTimeout(300);
        task.setFailonerror(true);

        assertThatThrownBy(task::execute)
                .isInstanceOf(BuildException.class)
                .hasMessageContaining("killed the sub-process");
    }

    @Test
    void antOfTheCommandLineTakesItByName() throws Exception {
        Files.writeString(
                folder.resolve("build.xml"),
                """
                <project default="all">
                  <target name="all">
                    <exec executable="sh" outputproperty="out">
                      <arg value="-c"/>
                      <arg value="echo $PPID"/>
                    </exec>
                    <echo message="from ${out}"/>
                  </target>
                </project>
                """);

        String printed =
                new AgentJvm()
                        .withAllOfTheTests()
                        .option("-Dant.vmLauncher=" + AntLauncher.class.getName())
                        .option("-Xlog:class+load")
                        .run(Main.class, "-f", folder.resolve("build.xml").toString());

        assertThat(printed).containsPattern("\\[echo] from \\d+").contains("BUILD SUCCESSFUL");
        assertThat(printed).contains("io.github.spawn4j.PidfdProcess source:");
    }
}
