// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The sixteen kinds of call, each once for every source file. */
final class ToolCalls {
    static final List<String> TOOLS =
            List.of(
                    "rg", "grep", "sed", "awk", "cat", "head", "tail", "find", "stat", "ls", "git",
                    "python3", "node", "sh", "bash");

    private static final String NEW_LINE = "    return total";
    private static final String NEW_FILE = "notes.txt";

    private final SourceTree sources;

    /** Also makes the changes to the sources that git is asked for. */
    ToolCalls(SourceTree sources) throws IOException {
        this.sources = sources;
        sources.append(0, NEW_LINE);
        sources.add(NEW_FILE, "nothing yet\n");
    }

    List<Call> all() {
        return IntStream.range(0, SourceTree.FILES)
                .boxed()
                .flatMap(file -> of(file).stream())
                .collect(Collectors.toList());
    }

    private List<Call> of(int file) {
        String path = SourceTree.path(file);
        String text = sources.text(file);
        List<String> lines = sources.lines(file);
        int size = lines.size();
        int from = file + 1;
        int to = file + 10;
        return List.of(
                call(sameLines(needles()), "rg", "--line-number", SourceTree.NEEDLE, "src"),
                call(exactly(needles(file, "")), "grep", "-n", SourceTree.NEEDLE, path),
                call(exactly(lines.subList(file, to)), "sed", "-n", from + "," + to + "p", path),
                call(
                        exactly(
                                List.of(
                                        lines.stream().filter(l -> l.endsWith("7)")).count()
                                                + " calls")),
                        "awk",
                        "/7\\)$/ { n++ } END { print n \" calls\" }",
                        path),
                call(text::equals, "cat", path),
                call(exactly(lines.subList(0, to)), "head", "-n", "" + to, path),
                call(exactly(lines.subList(size - from, size)), "tail", "-n", "" + from, path),
                call(sameLines(paths("7.py")), "find", "src", "-name", "*7.py"),
                call(exactly(List.of(text.length() + " " + path)), "stat", "-c", "%s %n", path),
                call(exactly(names()), "ls", "src"),
                call(
                        exactly(List.of(" M " + SourceTree.path(0), "?? " + NEW_FILE)),
                        "git",
                        "status",
                        "--short"),
                call(
                        output ->
                                output.startsWith("diff --git ")
                                        && output.endsWith("\n+" + NEW_LINE + "\n"),
                        "git",
                        "diff"),
                call(
                        exactly(List.of("" + file * (file - 1) / 2)),
                        "python3",
                        "-c",
                        "print(sum(range(" + file + ")))"),
                call(
                        exactly(List.of("" + file * file)),
                        "node",
                        "-e",
                        "console.log(" + file + " * " + file + ")"),
                call(
                        exactly(lines.subList(to - 1, to)),
                        "sh",
                        "-c",
                        "head -n " + to + " " + path + " | tail -n 1"),
                call(
                        exactly(List.of(SourceTree.FILES + " files, " + size + " lines")),
                        "bash",
                        "-c",
                        "f=(src/*.py); mapfile -t l < "
                                + path
                                + "; echo \"${#f[@]} files, ${#l[@]} lines\""));
    }

    private static Call call(Predicate<String> isRight, String tool, String... args) {
        return new Call(tool, List.of(args), isRight);
    }

    private static Predicate<String> exactly(List<String> lines) {
        return SourceTree.text(lines)::equals;
    }

    /** The same lines in any order. */
    private static Predicate<String> sameLines(List<String> lines) {
        List<String> sorted = lines.stream().sorted().collect(Collectors.toList());
        return output ->
                Arrays.stream(output.split("\n"))
                        .sorted()
                        .collect(Collectors.toList())
                        .equals(sorted);
    }

    private List<String> needles(int file, String prefix) {
        List<String> found = new ArrayList<>();
        List<String> lines = sources.lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(SourceTree.NEEDLE)) {
                found.add(prefix + (i + 1) + ":" + lines.get(i));
            }
        }
        return found;
    }

    private List<String> needles() {
        return IntStream.range(0, SourceTree.FILES)
                .boxed()
                .flatMap(file -> needles(file, SourceTree.path(file) + ":").stream())
                .collect(Collectors.toList());
    }

    private static List<String> names() {
        return IntStream.range(0, SourceTree.FILES)
                .mapToObj(SourceTree::name)
                .collect(Collectors.toList());
    }

    private static List<String> paths(String ending) {
        return names().stream()
                .filter(name -> name.endsWith(ending))
                .map(name -> "src/" + name)
                .collect(Collectors.toList());
    }
}
