// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.hosts;

import io.github.spawn4j.EmptyProcess;
import java.io.Closeable;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.tools.ant.Project;
import org.apache.tools.ant.taskdefs.ExecTask;
import org.apache.tools.ant.taskdefs.launcher.CommandLauncher;
import org.zeroturnaround.exec.ProcessExecutor;

/**
 * Prints what a start of {@code true} by each host takes in this JVM, until it has ended, in
 * milliseconds. For src/test/hosts/libraries.sh, which runs it with the agent and without, and with
 * the class of each host that has a place for one.
 */
public final class HostCost {
    private static final int WARM_UP = 50;
    private static final int STARTS = 200;

    private HostCost() {}

    private interface Start {
        void run() throws Exception;
    }

    /** With the number of files that are open meanwhile, and {@code class} if classes are tried. */
    public static void main(String[] args) throws Exception {
        List<Closeable> files = new ArrayList<>();
        for (int i = Integer.parseInt(args[0]); i > 0; i--) {
            files.add(FileChannel.open(Path.of("/dev/null")));
        }
        ProcessBuilder builder = new ProcessBuilder("true");
        if (List.of(args).contains("class")) {
            Project project = project();
            CommandLauncher.setVMLauncher(project, new AntLauncher());
            measure("Ant", ant(project));
            measure("commons-exec", commonsExec(new Executor()));
            measure("ProcessBuilder", () -> EmptyProcess.from(builder).start().waitFor());
        } else {
            measure("Ant", ant(project()));
            measure("commons-exec", commonsExec(DefaultExecutor.builder().get()));
            measure("zt-exec", () -> new ProcessExecutor("true").execute());
            measure("ProcessBuilder", () -> builder.start().waitFor());
        }
        for (Closeable file : files) {
            file.close();
        }
    }

    private static Project project() {
        Project project = new Project();
        project.init();
        return project;
    }

    private static Start ant(Project project) {
        return () -> {
            ExecTask task = new ExecTask();
            task.setProject(project);
            task.setTaskType("exec");
            task.setExecutable("true");
            task.execute();
        };
    }

    private static Start commonsExec(DefaultExecutor executor) {
        executor.setStreamHandler(new PumpStreamHandler(OutputStream.nullOutputStream()));
        return () -> executor.execute(new CommandLine("true"));
    }

    private static void measure(String host, Start start) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            start.run();
        }
        long startNs = System.nanoTime();
        for (int i = 0; i < STARTS; i++) {
            start.run();
        }
        double ms = (System.nanoTime() - startNs) / 1e6 / STARTS;
        System.out.printf("%s %.2f%n", host, ms);
    }
}
