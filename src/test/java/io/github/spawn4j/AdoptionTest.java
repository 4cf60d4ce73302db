package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.tools.ant.BuildException;
import org.apache.tools.ant.Project;
import org.apache.tools.ant.taskdefs.ExecTask;
import org.apache.tools.ant.taskdefs.launcher.CommandLauncher;
import org.apache.tools.ant.types.Environment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that were not written for this library, and that get its processes by one small class. */
@Timeout(60)
class AdoptionTest {
    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    // Ant

    /** What Ant's tasks start with {@link Project#addReference} of it. */
    private static final class AntLauncher extends CommandLauncher {
        private int started;

        @Override
        public Process exec(Project project, String[] command, String[] env) throws IOException {
            return exec(project, command, env, null);
        }

        @Override
        public Process exec(Project project, String[] command, String[] env, File directory)
                throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory);
            if (env != null) {
                builder.environment().clear();
                for (String entry : env) {
                    int equals = entry.indexOf('=');
                    builder.environment()
                            .put(entry.substring(0, equals), entry.substring(equals + 1));
                }
            }
            started++;
            return EmptyProcess.from(builder).start();
        }
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

        task.execute();

        assertThat(launcher.started).isEqualTo(1);
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

    // commons-exec

    private static final class Executor extends DefaultExecutor {
        @SuppressWarnings("deprecation") // what its builder calls is not for subclasses
        Executor() {}

        @Override
        protected Process launch(CommandLine command, Map<String, String> env, Path directory)
                throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command.toStrings());
            if (directory != null) {
                builder.directory(directory.toFile());
            }
            if (env != null) {
                builder.environment().clear();
                builder.environment().putAll(env);
            }
            return EmptyProcess.from(builder).start();
        }
    }

    @Test
    void commonsExecRunsACommand() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ByteArrayInputStream in = new ByteArrayInputStream("input\n".getBytes());
        Executor executor = new Executor();
        executor.setStreamHandler(new PumpStreamHandler(out, err, in));
        executor.setExitValue(3);
        CommandLine command =
                new CommandLine("sh")
                        .addArgument("-c")
                        .addArgument("read line; echo \"$line $NAME\"; echo no >&2; exit 3", false);

        int exit = executor.execute(command, Map.of("NAME", "gr\u00fcn"));

        assertThat(exit).isEqualTo(3);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("input gr\u00fcn\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("no\n");
    }

    @Test
    void commonsExecTellsOfFailures() {
        Executor executor = new Executor();

        assertThatThrownBy(() -> executor.execute(new CommandLine("false")))
                .isInstanceOfSatisfying(
                        ExecuteException.class, e -> assertThat(e.getExitValue()).isEqualTo(1));
        assertThatThrownBy(() -> executor.execute(new CommandLine("no-such-program")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error=2, No such file or directory");
    }

    @Test
    void commonsExecsWatchdogEndsAProcess() throws Exception {
        Executor executor = new Executor();
        ExecuteWatchdog watchdog =
                ExecuteWatchdog.builder().setTimeout(Duration.ofMillis(300)).get();
        executor.setWatchdog(watchdog);
        executor.setExitValues(null);

        executor.execute(new CommandLine("sleep").addArgument("600"));

        assertThat(watchdog.killedProcess()).isTrue();
    }
}
