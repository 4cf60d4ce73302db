// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which system calls a start and a wait take, out of a trace of {@link TracedStarts}. */
final class CallTrace {
    static final String PARENT = "parent";
    static final String CHILD = "child";

    /** Several calls of one name, one after the other. */
    record Row(String process, String call, int times) {}

    /** The thread, and the call that it begins. */
    private static final Pattern BEGINNING = Pattern.compile("(\\d+) +(\\w+)\\(.*");

    /** The clone that has made the child, and its pid. */
    private static final Pattern BIRTH =
            Pattern.compile("(\\d+) +(?:<\\.\\.\\. )?clone3?\\b.* = (\\d+)");

    private static final String EXEC = "execve";

    private CallTrace() {}

    /**
     * What most of the starts take: some of them also meet a wait for the collector or the like.
     * First the calls of the thread that starts and waits, then those of the child until its exec.
     *
     * @param trace the lines of {@code strace -f -o}
     */
    static List<Row> usual(List<String> trace) {
        Map<List<Row>, Integer> seen = new HashMap<>();
        List<String> start = null;
        for (String line : trace) {
            if (line.contains(TracedStarts.BEGINS)) {
                start = new ArrayList<>(List.of(line));
            } else if (start != null && line.contains(TracedStarts.ENDS)) {
                seen.merge(rows(start), 1, Integer::sum);
                start = null;
            } else if (start != null) {
                start.add(line);
            }
        }
        return seen.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow(() -> new AssertionError("no start in the trace"))
                .getKey();
    }

    /** The first of the lines tells which thread it is that starts. */
    private static List<Row> rows(List<String> start) {
        String parent = thread(start.get(0));
        List<Row> rows = rows(PARENT, calls(start.subList(1, start.size()), parent));
        List<String> calls = calls(start, child(start, parent));
        int exec = lastExec(calls);
        rows.addAll(rows(CHILD, calls.subList(0, exec)));
        return rows;
    }

    /** How many calls there are until the program takes over, which is execve or execveat. */
    private static int lastExec(List<String> calls) {
        int count = 0;
        while (count < calls.size() && !calls.get(count).startsWith(EXEC)) {
            count++;
        }
        return Math.min(count + 1, calls.size());
    }

    private static String thread(String line) {
        return line.substring(0, line.indexOf(' '));
    }

    private static String child(List<String> lines, String parent) {
        for (String line : lines) {
            Matcher birth = BIRTH.matcher(line);
            if (birth.matches() && birth.group(1).equals(parent)) {
                return birth.group(2);
            }
        }
        throw new AssertionError("no clone in " + String.join("\n", lines));
    }

    private static List<String> calls(List<String> lines, String thread) {
        List<String> calls = new ArrayList<>();
        for (String line : lines) {
            Matcher call = BEGINNING.matcher(line);
            if (call.matches() && call.group(1).equals(thread)) {
                calls.add(call.group(2));
            }
        }
        return calls;
    }

    private static List<Row> rows(String process, List<String> calls) {
        List<Row> rows = new ArrayList<>();
        for (String call : calls) {
            int last = rows.size() - 1;
            if (last >= 0 && rows.get(last).call().equals(call)) {
                rows.set(last, new Row(process, call, rows.get(last).times() + 1));
            } else {
                rows.add(new Row(process, call, 1));
            }
        }
        return rows;
    }
}
