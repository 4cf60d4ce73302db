// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.testing.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Ends groups and others in every way, where the kernel or /proc is of little help. For a JVM of
 * its own. Prints OK, or what was wrong.
 *
 * <p>Arguments: {@code uncertain} where nobody collects orphans and /proc does not tell zombies
 * from others, else {@code certain}; {@code hide} to put an empty /proc in the place of the one
 * there is, or a cgroup to start in, or nothing.
 */
final class GroupEnd {
    /** Its outputs end when nobody is left who runs, whoever is left as a zombie. */
    private static final String FAMILY =
            "sleep 600 & (trap '' TERM; echo; sleep 601; sleep 602) & wait";

    private static final Teardown TEARDOWN =
            Teardown.first(Signal.TERM, Duration.ofMillis(100))
                    .then(Signal.KILL, Duration.ofMillis(100));

    private static boolean isCertain;

    private GroupEnd() {}

    public static void main(String[] args) throws Exception {
        isCertain = args[0].equals("certain");
        boolean hides = args.length > 1 && args[1].equals("hide");
        if (hides) {
            PidfdProcess.builder("mount", "-t", "tmpfs", "none", "/proc")
                    .run(RunOptions.timeout(Duration.ofSeconds(20)).expectExit(0));
        }
        endsARun();
        endsWhoObeys();
        if (isCertain) { // the others would tell the same, and take the longest time there is
            endsAProcess();
            endsWhoseFirstThreadHasEnded();
            allowsWriting();
        }
        if (isCertain && !Kernel.has(Kernel.PIDFD_GROUP_SIGNAL)) {
            saysWhenItIsTooLate();
        }
        if (args.length > 1 && !hides) {
            endsACgroup(Path.of(args[1]));
        }
        System.out.println("OK");
    }

    private static void endsARun() throws Exception {
        CommandException e =
                Patience.until(
                        "all of the family are there",
                        failure -> failure.result().stdout().total() > 0,
                        GroupEnd::timedOut);
        require(e.reason() == CommandException.Reason.TIMEOUT, e.toString());
        require(!e.result().stdout().isCut(), "somebody of the run is left");
        String survivors = Arrays.toString(e.getSuppressed());
        require(
                isCertain ? survivors.equals("[]") : survivors.contains("/proc does not tell"),
                "the run says of survivors: " + survivors);
    }

    private static CommandException timedOut(Duration time) throws Exception {
        try {
            PidfdProcess.builder("sh", "-c", FAMILY)
                    .teardown(TEARDOWN.ofGroup())
                    .run(RunOptions.timeout(time).linger(Duration.ofSeconds(20)));
        } catch (CommandException e) {
            return e;
        }
        throw new IllegalStateException("a run without end has ended");
    }

    private static void endsAProcess() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", FAMILY).teardown(TEARDOWN.ofGroup()).start();
        process.getInputStream().read();
        process.teardown().join();
        requireNobody(process, "the group");
        require(process.waitFor(20, TimeUnit.SECONDS), "the exit has not been told");
    }

    private static void endsWhoseFirstThreadHasEnded() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "\"$0\" & wait", Os.program("zombie_leader"))
                        .teardown(TEARDOWN.ofGroup())
                        .start();
        process.getInputStream().read();
        process.teardown().join();
        requireNobody(process, "the group of the process whose first thread has ended");
    }

    /** Without a zombie: there is nothing to be uncertain of, nor a reason to be killed. */
    private static void endsWhoObeys() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder(
                                "sh",
                                "-c",
                                "trap 'wait; exit 7' TERM; sh -c 'echo; exec sleep 600' & wait")
                        .teardown(
                                Teardown.first(Signal.TERM, Duration.ofSeconds(isCertain ? 20 : 1))
                                        .then(Signal.KILL, Duration.ofSeconds(1))
                                        .ofGroup())
                        .start();
        process.getInputStream().read();
        process.teardown().join();
        requireNobody(process, "the group that obeys");
        require(
                process.exitValue() == 7 || !isCertain,
                "who obeys has ended with " + process.exitStatus());
    }

    /** At once, as no step would help. */
    private static void saysWhenItIsTooLate() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "sleep 600 > /dev/null 2>&1 & echo $!")
                        .teardown(Teardown.first(Signal.TERM, Duration.ofSeconds(600)).ofGroup())
                        .start();
        String orphan = process.inputReader().readLine();
        process.waitFor();
        try {
            process.teardown().join();
            require(false, "a group that nobody reaches has ended");
        } catch (CompletionException e) {
            String reason = String.valueOf(e.getCause().getCause());
            require(reason.contains("no signal reaches a group after that"), reason);
        } finally {
            PidfdProcess.builder("kill", orphan).start().waitFor();
        }
    }

    private static void allowsWriting() throws Exception {
        Path program = Files.createTempFile("spawn4j", "true");
        try {
            Files.copy(Path.of("/bin/true"), program, StandardCopyOption.REPLACE_EXISTING);
            program.toFile().setExecutable(true);
            SpawnTemplate.builder(program.toString()).denyWrite().build().close();
            Files.newOutputStream(program).close(); // ETXTBSY while it is denied
        } finally {
            Files.delete(program);
        }
    }

    private static void endsACgroup(Path cgroup) throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "setsid sh -c 'echo; exec sleep 600' & wait")
                        .cgroup(cgroup)
                        .teardown(Teardown.first(Signal.TERM, Duration.ofSeconds(20)).ofCgroup())
                        .start();
        process.getInputStream().read();
        process.teardown().join();
        requireNobody(process, "the cgroup");
    }

    private static void requireNobody(PidfdProcess process, String whom) throws Exception {
        process.getErrorStream().readAllBytes(); // which would not end
        process.getInputStream().readAllBytes();
        require(!process.isAlive(), whom + " is left");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
