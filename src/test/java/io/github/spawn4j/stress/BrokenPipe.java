// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes to a child that does not read any more, in a JVM that has a handler for SIGPIPE, and tells
 * what the write and the handler say.
 */
final class BrokenPipe {
    private BrokenPipe() {}

    public static void main(String[] args) throws Exception {
        AtomicInteger signals = new AtomicInteger();
        // Not by name: the compiler would complain, and cannot be told not to.
        Class<?> type = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object pipe = type.getConstructor(String.class).newInstance("PIPE");
        Object count =
                Proxy.newProxyInstance(
                        handlerType.getClassLoader(),
                        new Class<?>[] {handlerType},
                        (proxy, method, arguments) -> signals.incrementAndGet());
        type.getMethod("handle", type, handlerType).invoke(null, pipe, count);

        System.out.println(write());

        // Handled in order: had one come before, it would count first.
        type.getMethod("raise", type).invoke(null, pipe);
        Os.await("our own signal has come", () -> signals.get() > 0);
        System.out.println("signals: " + signals.get());
    }

    private static String write() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder(
                                Os.program("probe"), "--close", "0", "--say", "closed", "--pause")
                        .stderr(Redirect.DISCARD)
                        .start();
        process.getInputStream().readNBytes(6);
        try {
            OutputStream input = process.getOutputStream();
            input.write(1);
            input.flush();
            return "written";
        } catch (IOException e) {
            return e.getMessage();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
