// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import io.github.spawn4j.internal.agent.Agent;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A JVM under the agent, whose jar is made of the compiled classes. The one that Maven packages
 * later is tried by src/test/hosts.
 */
public final class AgentJvm {
    private static final long LIMIT_S = 60;

    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private String classPath = classesOf(AgentJvm.class).toString();

    /** Without the agent. */
    public AgentJvm() {
        options.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
        if (Runtime.version().feature() >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
    }

    /** Under the agent, with its options, which may be empty. */
    public static AgentJvm with(Path jar, String options) {
        String equals = options.isEmpty() ? "" : "=" + options;
        return new AgentJvm().option("-javaagent:" + jar + equals);
    }

    public AgentJvm option(String option) {
        options.add(option);
        return this;
    }

    /** Comes first on the class path, before the classes of the tests. */
    public AgentJvm classPathFirst(Path entry) {
        classPath = entry + ":" + classPath;
        return this;
    }

    public AgentJvm classPathLast(Path entry) {
        classPath += ":" + entry;
        return this;
    }

    /** Has all on the class path that the tests have. */
    public AgentJvm withAllOfTheTests() {
        classPath = System.getProperty("java.class.path");
        return this;
    }

    /** Has another command start it. */
    public AgentJvm startedBy(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    /** What it prints on both outputs. */
    public String run(Class<?> main, String... arguments) throws Exception {
        options.addAll(List.of("-cp", classPath, main.getName()));
        return run(arguments);
    }

    public String runJar(Path jar, String... arguments) throws Exception {
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
    public static Path makeJar(Path jar) throws IOException {
        return makeJar(jar, null);
    }

    /** Makes one that is an application as well. */
    public static Path makeJar(Path jar, Class<?> main) throws IOException {
        Manifest manifest = manifest();
        if (main != null) {
            manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
        }
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            addFolder(out, classesOf(Agent.class));
            if (main != null) {
                addFolder(out, classesOf(AgentJvm.class), main.getPackageName().replace('.', '/'));
            }
        }
        return jar;
    }

    /** That of the library, as the build has made it. */
    private static Manifest manifest() throws IOException {
        try (InputStream file =
                Files.newInputStream(classesOf(Agent.class).resolve(JarFile.MANIFEST_NAME))) {
            return new Manifest(file);
        }
    }

    /** Makes the jar of an agent that is on the class path. */
    public static Path makeAgent(Path jar, Class<?> agent) throws IOException {
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
                if (file.endsWith(JarFile.MANIFEST_NAME)) {
                    continue;
                }
                out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }

    /** The folder or jar that a class is from. */
    public static Path classesOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
