// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.WindowSize;
import java.util.concurrent.Callable;

/**
 * Uses the library for the first time while there is next to no memory left, and once more when
 * there is. For a JVM of its own. Prints OK, or what was wrong.
 */
final class FirstUseInFullHeap {
    private static volatile byte[] reserve;

    private static Throwable failure;

    private FirstUseInFullHeap() {}

    /**
     * Does it twice.
     *
     * @param args what, and how many KiB are left
     */
    public static void main(String[] args) throws Exception {
        Callable<?> use = use(args[0]);
        reserve = new byte[Integer.parseInt(args[1]) << 10];
        Ballast.fill();
        reserve = null;
        try {
            use.call();
        } catch (Throwable e) {
            failure = e;
        }
        Ballast.drop();
        System.out.println("the first use: " + failure);
        Os.await("no child is left", () -> Os.children().isEmpty());
        use.call();
        System.out.println("OK");
    }

    private static Callable<?> use(String name) {
        return switch (name) {
            case "start" ->
                    () -> {
                        try (PidfdProcess cat = PidfdProcess.builder("cat").start()) {
                            cat.getOutputStream().close();
                            cat.getInputStream().read();
                            return cat.onExit().get();
                        }
                    };
            case "run" ->
                    () -> PidfdProcess.builder("cat").run(RunOptions.noTimeout().stdin("text"));
            case "terminal" ->
                    () ->
                            PidfdProcess.builder("true")
                                    .terminal(new WindowSize(24, 80))
                                    .stdin(Redirect.TERMINAL)
                                    .stdout(Redirect.TERMINAL)
                                    .stderr(Redirect.TERMINAL)
                                    .start()
                                    .waitFor();
            case "template" ->
                    () -> {
                        try (SpawnTemplate template = SpawnTemplate.builder("true").build()) {
                            return template.spawn().waitFor();
                        }
                    };
            default -> throw new IllegalArgumentException(name);
        };
    }
}
