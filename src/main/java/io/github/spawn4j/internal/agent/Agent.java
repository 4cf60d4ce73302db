// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.reflect.InvocationHandler;
import java.security.ProtectionDomain;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The java agent: all that {@link ProcessBuilder#start}, {@link Runtime#exec} and {@link
 * ProcessBuilder#startPipeline} start in this JVM is started by this library, where it can.
 * Thread-safe.
 *
 * <pre>{@code
 * java -javaagent:spawn4j.jar ...
 * java -javaagent:spawn4j.jar=report,excludeProgram=ssh ...
 * }</pre>
 *
 * <p>This class and the one that waits for the first process are all that a JVM pays for which
 * starts none. The rest is loaded by {@link OwnLoader} when the JVM loads the class that starts
 * processes.
 */
public final class Agent {
    private static final String TAKEOVER = "io.github.spawn4j.internal.agent.Takeover";

    /** What the {@link Prefix} asks. It is there before there is one. */
    public static volatile InvocationHandler takeover;

    static final String PROCESS_IMPL = "java/lang/ProcessImpl";
    static final String PROCESS_BUILDER = "java/lang/ProcessBuilder";

    private static boolean isInstalled;

    /** Of the JDK's types: they are shared with the classes of another loader. */
    private static final AtomicLong TAKEN = new AtomicLong();

    private static final AtomicLong LEFT = new AtomicLong();

    private Agent() {}

    /**
     * What the JVM calls before {@code main}.
     *
     * @param options as {@link Options} has them; may be null
     * @param jvm the JVM
     * @throws IllegalArgumentException if an option is not known; the JVM then ends
     * @throws UnmodifiableClassException if the JVM lets nobody change its classes
     */
    public static void premain(String options, Instrumentation jvm)
            throws UnmodifiableClassException {
        install(options, jvm);
    }

    /**
     * The same for a JVM that runs, and for {@code Launcher-Agent-Class} of an application.
     *
     * @param options as {@link Options} has them; may be null
     * @param jvm the JVM
     * @throws UnmodifiableClassException if the JVM lets nobody change its classes
     */
    public static void agentmain(String options, Instrumentation jvm)
            throws UnmodifiableClassException {
        install(options, jvm);
    }

    /**
     * How many processes the library has started in the JDK's place.
     *
     * @return their number since the agent was installed
     */
    public static long taken() {
        return TAKEN.get();
    }

    /**
     * How many it has left to the JDK, as an option says so or as it cannot start them.
     *
     * @return their number since the agent was installed
     */
    public static long left() {
        return LEFT.get();
    }

    /** The first one wins, as JAVA_TOOL_OPTIONS and the command line may both name the agent. */
    private static synchronized void install(String options, Instrumentation jvm)
            throws UnmodifiableClassException {
        if (isInstalled) {
            return;
        }
        if (options != null && Options.parse(options).isReported()) {
            Runtime.getRuntime().addShutdownHook(new Thread(Agent::report, "spawn4j-report"));
        }
        jvm.addTransformer(new FirstUse(options), true);
        isInstalled = true;
        for (Class<?> loaded : jvm.getAllLoadedClasses()) {
            if (startsProcesses(loaded.getName().replace('.', '/'))) {
                jvm.retransformClasses(loaded);
            }
        }
    }

    private static boolean startsProcesses(String internalName) {
        return PROCESS_IMPL.equals(internalName) || PROCESS_BUILDER.equals(internalName);
    }

    private static void report() {
        System.err.println("spawn4j: " + taken() + " starts, " + left() + " more left to the JDK");
    }

    /**
     * Waits until a class that starts processes is loaded. Stays then, as another agent may have
     * the JVM make that class again from its original bytes.
     */
    private static final class FirstUse implements ClassFileTransformer {
        private final String options;

        FirstUse(String options) {
            this.options = options;
        }

        @Override
        public byte[] transform(
                ClassLoader loader,
                String name,
                Class<?> redefined,
                ProtectionDomain domain,
                byte[] bytes) {
            if (loader != null || !startsProcesses(name)) {
                return null;
            }
            try {
                ClassFileTransformer known = takeover(options);
                return known.transform(loader, name, redefined, domain, bytes);
            } catch (Throwable e) {
                // The JVM would only drop it, and nobody would know why nothing happens.
                System.err.println("spawn4j: processes are started by the JDK: " + e);
                return null;
            }
        }
    }

    private static synchronized ClassFileTransformer takeover(String options) throws Exception {
        if (takeover == null) {
            takeover =
                    (InvocationHandler)
                            new OwnLoader()
                                    .loadClass(TAKEOVER)
                                    .getConstructor(
                                            String.class, AtomicLong.class, AtomicLong.class)
                                    .newInstance(options, TAKEN, LEFT);
        }
        return (ClassFileTransformer) takeover;
    }
}
