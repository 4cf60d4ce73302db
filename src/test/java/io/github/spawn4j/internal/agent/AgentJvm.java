package io.github.spawn4j.internal.agent;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A JVM under the agent, whose jar is made of the compiled classes. The one that Maven packages
 * later is tried by src/test/hosts.
 */
final class AgentJvm {
    private static final long LIMIT_S = 60;

    /** As the pom has it. */
    private static final String[] AGENT_ATTRIBUTES = {
        "Premain-Class", "Agent-Class", "Launcher-Agent-Class"
    };

    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private String classPath = classesOf(AgentJvm.class).toString();

    AgentJvm() {
        options.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
        if (Runtime.version().feature() >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
    }

    /** Under the agent, with its options, which may be empty. */
    static AgentJvm with(Path jar, String options) {
        String equals = options.isEmpty() ? "" : "=" + options;
        return new AgentJvm().option("-javaagent:" + jar + equals);
    }

    AgentJvm option(String option) {
        options.add(option);
        return this;
    }

    /** Comes first on the class path, before the classes of the tests. */
    AgentJvm classPathFirst(Path entry) {
        classPath = entry + ":" + classPath;
        return this;
    }

    AgentJvm classPathLast(Path entry) {
        classPath += ":" + entry;
        return this;
    }

    /** Has another command start it. */
    AgentJvm startedBy(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    /** What it prints on both outputs. */
    String run(Class<?> main, String... arguments) throws Exception {
        options.addAll(List.of("-cp", classPath, main.getName()));
        return run(arguments);
    }

    String runJar(Path jar, String... arguments) throws Exception {
        options.addAll(List.of("-jar", jar.toString()));
        return run(arguments);
    }

    private String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(options);
        command.addAll(Arrays.asList(arguments));
        Path output = Files.createTempFile("spawn4j", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            process.getOutputStream().close();
            boolean hasEnded = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
            process.destroyForcibly();
            String printed = Files.readString(output).strip();
            if (!hasEnded) {
                throw new AssertionError("not ended: " + command + "\n" + printed);
            }
            int code = process.exitValue();
            return code == 0 ? printed : printed + "\nexit code " + code;
        } finally {
            Files.delete(output);
        }
    }

    /** Makes the jar of the library, which is the agent. */
    static Path makeJar(Path jar) throws IOException {
        return makeJar(jar, null);
    }

    /** Makes one that is an application as well. */
    static Path makeJar(Path jar, Class<?> main) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        for (String name : AGENT_ATTRIBUTES) {
            attributes.putValue(name, Agent.class.getName());
        }
        attributes.putValue("Can-Retransform-Classes", "true");
        if (main != null) {
            attributes.put(Attributes.Name.MAIN_CLASS, main.getName());
        }
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            addFolder(out, classesOf(Agent.class));
            if (main != null) {
                addFolder(out, classesOf(AgentJvm.class), main.getPackageName().replace('.', '/'));
            }
        }
        return jar;
    }

    /** Makes the jar of an agent that is on the class path. */
    static Path makeAgent(Path jar, Class<?> agent) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", agent.getName());
        attributes.putValue("Can-Retransform-Classes", "true");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }

    private static void addFolder(JarOutputStream out, Path folder) throws IOException {
        addFolder(out, folder, "");
    }

    private static void addFolder(JarOutputStream out, Path folder, String below)
            throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(below))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }

    /** The folder or jar that a class is from. */
    static Path classesOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
