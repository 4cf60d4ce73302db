// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.tools.Programs;
import io.github.spawn4j.tools.TemporaryDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The calls of the benchmark, and the directory with source files and a git repository in which
 * they work. The directory is deleted on close. One thread at a time.
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

    /** A tool that does nothing: what it takes is what a start takes. */
    public static final String NOTHING = "nothing";

    private static final String SCRIPT = "agent_tools.py";

    private final TemporaryDirectory directory = new TemporaryDirectory();

    /** Of our own files, which no tool is to see. */
    private final TemporaryDirectory files = new TemporaryDirectory();

    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> programs = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();
    private final List<Call> calls;

    /** Those that can be made, and behind them one of {@link #NOTHING}. */
    private List<Call> prepared = List.of();

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
        return output(new Call(tool, args, output -> true));
    }

    private String output(Call call) throws IOException, InterruptedException {
        try (Launcher launcher = new JdkLauncher(place())) {
            return Running.start(launcher, call).finish();
        }
    }

    Place place() {
        return new Place(directory(), environment, programs);
    }

    /**
     * Has calls made once, checks what they answer, and notes it for those who make them again.
     *
     * @param most how many different calls there are to be
     * @param nothing the path of a program that does nothing
     */
    public void prepare(int most, String nothing) throws IOException, InterruptedException {
        programs.put(NOTHING, nothing);
        prepared = new ArrayList<>(calls.subList(0, Math.min(most, calls.size())));
        prepared.add(new Call(NOTHING, List.of(), String::isEmpty));
        List<String> outputs = new ArrayList<>();
        for (Call call : prepared) {
            outputs.add(output(call));
        }
        CallsFile.write(callsFile(), place(), prepared, outputs);
        try (InputStream script = Workload.class.getResourceAsStream(SCRIPT)) {
            Files.copy(script, files.path().resolve(SCRIPT));
        }
    }

    private Path callsFile() {
        return files.path().resolve("calls.json");
    }

    /**
     * A process that makes the calls, to be closed by the caller.
     *
     * @throws IOException if there can be none here
     */
    public Team team(Way way) throws IOException {
        return team(way, callsFile());
    }

    Team team(Way way, Path calls) throws IOException {
        return new Team(way.command(place(), calls, files.path().resolve(SCRIPT)));
    }

    /** Whether a tool is installed. */
    boolean has(String tool) {
        return programs.containsKey(tool);
    }

    /** Of all tools: the numbers of {@code count} calls, from the {@code first} on; they repeat. */
    public List<Integer> choose(int first, int count) {
        return choose(IntStream.range(0, prepared.size() - 1).boxed().toList(), first, count);
    }

    /** The same of one tool. */
    public List<Integer> choose(String tool, int first, int count) {
        List<Integer> numbers =
                IntStream.range(0, prepared.size())
                        .filter(number -> prepared.get(number).tool().equals(tool))
                        .boxed()
                        .toList();
        return choose(numbers, first, count);
    }

    private static List<Integer> choose(List<Integer> numbers, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> numbers.get(i % numbers.size()))
                .toList();
    }

    /** The tools of the calls that can be made, and {@link #NOTHING} before them. */
    public List<String> called() {
        List<String> tools = new ArrayList<>(List.of(NOTHING));
        prepared.stream()
                .map(Call::tool)
                .distinct()
                .filter(tool -> !tool.equals(NOTHING))
                .forEach(tools::add);
        return tools;
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

    /** The tools that are not there. */
    public List<String> missing() {
        return missing;
    }

    @Override
    public void close() throws IOException {
        files.close();
        directory.close();
    }
}
