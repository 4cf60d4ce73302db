// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives the JDK's two classes that start processes a {@link Prefix}, and is what the prefix calls.
 * Of the JDK's types, as the agent is loaded by the application's loader, and this by {@link
 * OwnLoader}. Thread-safe.
 */
public final class Takeover implements ClassFileTransformer, InvocationHandler {
    private final Starts processes;
    private final Starts pipelines;

    /**
     * By the agent.
     *
     * @param options as {@link Options} has them; may be null
     * @param taken counts the processes that the library has started
     * @param left counts those that the JDK was left
     */
    public Takeover(String options, AtomicLong taken, AtomicLong left) {
        Options parsed = Options.parse(options);
        Tally tally = new Tally(taken, left);
        processes = new ProcessStarts(parsed, tally);
        pipelines = new PipelineStarts(parsed, tally);
    }

    /** Of {@link Agent#PROCESS_IMPL} or {@link Agent#PROCESS_BUILDER}. */
    @Override
    public byte[] transform(
            ClassLoader loader,
            String name,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] bytes) {
        Prefix prefix =
                name.equals(Agent.PROCESS_IMPL) ? Prefix.OF_START : Prefix.OF_START_PIPELINE;
        return prefix.addTo(bytes);
    }

    /**
     * Starts in the JDK's place.
     *
     * @param method the name of the method that asks
     * @param none null
     * @param arguments its arguments
     * @return what it is to return; null if it is to do its own work
     */
    @Override
    public Object invoke(Object method, Method none, Object[] arguments) throws Throwable {
        Starts starts = method.equals(Prefix.START) ? processes : pipelines;
        return starts.startUnlessInside(arguments);
    }
}
