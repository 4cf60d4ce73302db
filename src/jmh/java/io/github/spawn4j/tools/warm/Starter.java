package io.github.spawn4j.tools.warm;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Starts one command in one way. One thread at a time. */
final class Starter implements AutoCloseable {
    /** One start. */
    interface Start {
        PidfdProcess start() throws IOException;
    }

    private final Start start;

    /** Null where there is no template. */
    private final SpawnTemplate template;

    private Starter(SpawnTemplate template, Start start) {
        this.template = template;
        this.start = start;
    }

    static Starter cold(Start start) {
        return new Starter(null, start);
    }

    /** The template is closed with it. */
    static Starter of(SpawnTemplate template, Start start) {
        return new Starter(template, start);
    }

    PidfdProcess start() throws IOException {
        return start.start();
    }

    /** The helper that there is, or 0. */
    long helper() {
        return template == null ? 0 : template.statistics().helperPid();
    }

    /** The processor time of {@code helper} so far; 0 if it has ended. */
    static long processorNs(long helper) throws IOException {
        if (helper == 0) {
            return 0;
        }
        try {
            String times = Files.readString(Path.of("/proc/" + helper + "/schedstat"));
            return Long.parseLong(times.substring(0, times.indexOf(' ')));
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        if (template != null) {
            template.close();
        }
    }
}
