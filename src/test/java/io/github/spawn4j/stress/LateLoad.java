// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.control.Namespace;
import io.github.spawn4j.control.Resource;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/**
 * Does in a JVM that has many files open what goes wrong there first. Arguments: what to do, a
 * folder. Prints OK, or throws what was wrong.
 */
final class LateLoad {
    private static final RunOptions LIMITED = RunOptions.timeout(Duration.ofSeconds(20));

    private LateLoad() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        switch (args[0]) {
            case "uses":
                for (EveryUse.Use use : EveryUse.all().values()) {
                    use.run();
                }
                break;
            case "limits":
                limitsInNamespaces(process -> process);
                break;
            case "limits of a user":
                limitsInNamespaces(process -> process.user(7, 7));
                break;
            default:
                holdsNothingWhileItWaits(folder);
        }
        System.out.println("OK");
    }

    /** Whose signal at the parent's death is set anew, by what /proc says, under the limit. */
    private static void limitsInNamespaces(UnaryOperator<EmptyProcess> more) throws Exception {
        for (SpawnStrategy strategy : Set.of(SpawnStrategy.CLONE3, SpawnStrategy.FORK)) {
            EmptyProcess process =
                    PidfdProcess.builder("sh", "-c", "ulimit -n")
                            .strategy(strategy)
                            .namespaces(Namespace.PID, Namespace.UTS)
                            .parentDeathSignal(Signal.TERM)
                            .limit(Resource.NOFILE, 20, 20);
            String limit = more.apply(process).run(LIMITED).stdout().text().strip();
            require(limit.equals("20"), strategy + " has the limit " + limit);
        }
    }

    /** A child that waits for a FIFO has its streams, and no file that others have open. */
    private static void holdsNothingWhileItWaits(Path folder) throws Exception {
        Path fifo = folder.resolve("fifo");
        PidfdProcess.builder("mkfifo", fifo.toString()).run(LIMITED);
        Set<Long> before = Os.children();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<PidfdProcess> start;
        try (OutputStream written = new FileOutputStream(folder.resolve("written").toFile())) {
            start =
                    thread.submit(
                            () -> PidfdProcess.builder("cat").stdin(Redirect.from(fifo)).start());
            Os.await("there is a child", () -> Os.children().size() > before.size());
            Set<Long> children = Os.children();
            children.removeAll(before);
            long child = children.iterator().next();
            Os.await("it holds no file of ours", () -> holdsNothing(child));
            written.write(0);
        } finally {
            new FileOutputStream(fifo.toFile()).close(); // the child goes on, whatever it holds
            thread.shutdown();
        }
        require(start.get().waitFor() == 0, "another exit");
    }

    private static boolean holdsNothing(long child) {
        Set<String> held = new TreeSet<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(child), "fd"))) {
            for (Path entry : entries) {
                held.add(Files.readSymbolicLink(entry).toString());
            }
        } catch (IOException e) {
            return false; // its table has changed meanwhile
        }
        return held.stream().noneMatch(it -> it.endsWith("/written") || it.equals("/etc/passwd"));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
