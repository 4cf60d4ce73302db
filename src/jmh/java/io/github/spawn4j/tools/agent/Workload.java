package io.github.spawn4j.tools.agent;

import io.github.spawn4j.tools.Programs;
import io.github.spawn4j.tools.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The calls of the benchmark, and the directory with source files and a git repository in which
 * they work. The directory is deleted on close. Immutable otherwise.
 */
public final class Workload implements AutoCloseable {
    /**
     * How an interpreter tells its own path: what PATH leads to may be a script of a version
     * manager (pyenv), which takes longer than all the rest.
     */
    private static final Map<String, List<String>> ASK_REAL_PATH =
            Map.of(
                    "python3", List.of("-c", "import sys; print(sys.executable)"),
                    "node", List.of("-p", "process.execPath"));

    private final TemporaryDirectory directory = new TemporaryDirectory();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> programs = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();
    private final List<Call> calls;

    /** Calls of all tools. */
    public Workload() throws IOException, InterruptedException {
        this(ToolCalls.TOOLS);
    }

    /**
     * @param tools whose calls are made
     * @throws IOException if none of them is installed
     */
    public Workload(Collection<String> tools) throws IOException, InterruptedException {
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/bin:/usr/bin"));
        environment.put("HOME", directory().toString());
        environment.put("LC_ALL", "C");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_OPTIONAL_LOCKS", "0");
        for (String tool : ToolCalls.TOOLS) {
            find(tool);
        }
        SourceTree sources = new SourceTree(directory());
        commit();
        ToolCalls toolCalls = new ToolCalls(sources);
        calls =
                toolCalls.all().stream()
                        .filter(call -> programs.containsKey(call.tool()))
                        .filter(call -> tools.contains(call.tool()))
                        .collect(Collectors.toList());
        if (calls.isEmpty()) {
            throw new IOException("none of the tools is installed");
        }
    }

    private void find(String tool) throws IOException, InterruptedException {
        try {
            programs.put(tool, Programs.find(tool));
        } catch (IOException e) {
            missing.add(tool);
            return;
        }
        if (ASK_REAL_PATH.containsKey(tool)) {
            programs.put(tool, output(tool, ASK_REAL_PATH.get(tool)).strip());
        }
    }

    private void commit() throws IOException, InterruptedException {
        if (programs.containsKey("git")) {
            output("git", List.of("init", "--quiet"));
            output("git", List.of("config", "user.name", "spawn4j"));
            output("git", List.of("config", "user.email", "spawn4j@localhost"));
            output("git", List.of("add", "."));
            output("git", List.of("commit", "--quiet", "--message", "Generate the sources"));
        }
    }

    private String output(String tool, List<String> args) throws IOException, InterruptedException {
        Call call = new Call(tool, args, output -> true);
        try (Launcher launcher = new JdkLauncher(this)) {
            return Running.start(launcher, call).finish();
        }
    }

    /** Where all calls work. */
    public Path directory() {
        return directory.path();
    }

    /** The whole environment of every call. */
    public Map<String, String> environment() {
        return environment;
    }

    /** All that can be named. */
    public static List<String> tools() {
        return ToolCalls.TOOLS;
    }

    /** The tools that are there, each with its path. */
    Map<String, String> programs() {
        return programs;
    }

    /** The tools that are not there. */
    public List<String> missing() {
        return missing;
    }

    /** The call with this number; they repeat. */
    Call call(int number) {
        return calls.get(number % calls.size());
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }
}
