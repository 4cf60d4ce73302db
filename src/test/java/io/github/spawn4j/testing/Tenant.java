// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import io.github.spawn4j.CommandResult;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.strict.SpawnAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What an application does with a {@link LibraryCopy}. */
public final class Tenant {
    private static final long LIMIT_S = 30;

    private Tenant() {}

    /** One start of the plainest kind. */
    public static int start() throws Exception {
        return PidfdProcess.builder("/bin/true").start().waitFor();
    }

    /** A start that needs all that a process can have at its end. */
    public static int startGroup() throws Exception {
        try (PidfdProcess process =
                PidfdProcess.builder("/bin/true").teardown(quick().ofGroup()).start()) {
            return process.waitFor();
        }
    }

    /** The lowest reserved descriptor that can be lent. */
    private static int reservedDescriptor() throws IOException {
        int number = 3;
        while (!leadsTo(number, "spawn4j-reserved")) {
            number++;
        }
        return number;
    }

    private static boolean leadsTo(int number, String target) throws IOException {
        Path link = Path.of("/proc/self/fd/" + number);
        return Files.exists(link, LinkOption.NOFOLLOW_LINKS)
                && Files.readSymbolicLink(link).toString().contains(target);
    }

    /** What a child fails with that is to be given a reserved descriptor; 0 if it gets it. */
    public static int errorOfReservedDescriptor() throws Exception {
        EmptyProcess process =
                PidfdProcess.builder("/bin/true").action(SpawnAction.dup2(reservedDescriptor(), 3));
        try {
            process.start().waitFor();
            return 0;
        } catch (SpawnException e) {
            return e.errno();
        }
    }

    /** Something of everything that starts threads, opens descriptors or registers hooks. */
    public static void work() throws Exception {
        require(start() == 0, "start");
        require(startGroup() == 0, "group");
        echo();
        dieWithUs();
        denyWrites();
        tearDownAtShutdown();
    }

    private static void echo() throws Exception {
        CommandResult result =
                PidfdProcess.builder("/bin/echo", "text")
                        .runAsync(RunOptions.timeout(Duration.ofSeconds(LIMIT_S)))
                        .get(LIMIT_S, TimeUnit.SECONDS);
        require(result.stdout().text().equals("text\n"), "echo");
    }

    public static void dieWithUs() throws Exception {
        PidfdProcess cat = PidfdProcess.builder("/bin/cat").parentDeathSignal(Signal.KILL).start();
        cat.getOutputStream().write("text".getBytes(StandardCharsets.US_ASCII));
        cat.getOutputStream().close();
        require(cat.getInputStream().readAllBytes().length == 4, "cat");
        require(cat.onExit().get(LIMIT_S, TimeUnit.SECONDS).exitValue() == 0, "exit of cat");
    }

    private static void denyWrites() throws Exception {
        try (SpawnTemplate template = SpawnTemplate.builder("/bin/true").denyWrite().build()) {
            require(template.prepare().start().waitFor() == 0, "template");
        }
    }

    private static void tearDownAtShutdown() throws Exception {
        try (PidfdProcess cat =
                PidfdProcess.builder("/bin/cat").teardown(quick().ofGroup().atShutdown()).start()) {
            require(cat.isAlive(), "child in a group");
        }
    }

    private static Teardown quick() {
        return Teardown.first(Signal.KILL, Duration.ofSeconds(LIMIT_S));
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
