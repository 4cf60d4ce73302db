package io.github.spawn4j.tools.spawners;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * NuProcess. It cannot redirect, so its children have pipes, of which standard input is closed at
 * once.
 */
final class NuProcessSpawner implements Spawner {
    // Kept here: java.util.logging forgets the level of a logger that nobody refers to.
    private static final Logger LOGGER = Logger.getLogger("com.zaxxer.nuprocess");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    private final NuProcessBuilder builder;
    private final Stopwatch watch = new Stopwatch();

    NuProcessSpawner(String program) {
        builder = new NuProcessBuilder(new CloseStdin(), program);
    }

    @Override
    public void spawn(int count, Samples samples) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            watch.begin();
            NuProcess process = start(builder);
            watch.started();
            watch.ended(process.waitFor(0, TimeUnit.SECONDS), samples);
        }
    }

    @Override
    public Started start() throws IOException {
        NuProcess process = start(builder);
        return () -> process.waitFor(0, TimeUnit.SECONDS);
    }

    /** Starts a process, or says that NuProcess cannot here. */
    static NuProcess start(NuProcessBuilder builder) throws IOException {
        try {
            NuProcess process = builder.start();
            if (process != null) {
                return process;
            }
        } catch (RuntimeException | LinkageError e) {
            throw new IOException("NuProcess does not work on this JVM: " + e, e);
        }
        throw new IOException("NuProcess does not work on this JVM");
    }

    /** Its own way to start and wait in one call. */
    static RunSpawner.Runner runner(String program) {
        return () -> {
            ExitCode exit = new ExitCode();
            try {
                new NuProcessBuilder(exit, program).run();
            } catch (RuntimeException | LinkageError e) {
                throw new IOException("NuProcess does not work on this JVM: " + e, e);
            }
            return exit.code;
        };
    }

    private static final class ExitCode extends CloseStdin {
        private int code;

        @Override
        public void onExit(int exitCode) {
            code = exitCode;
        }
    }

    static class CloseStdin extends NuAbstractProcessHandler {
        @Override
        public void onStart(NuProcess process) {
            process.closeStdin(true);
        }
    }
}
