// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of system calls in {@code docs/start.md}: which process makes which call, how often, and
 * why. One thread at a time.
 */
final class CallTable {
    private static final Path PAGE = Path.of("docs/start.md");
    private static final String HEAD = "| process | call | times | why |";
    private static final String NO_REASON = "?";

    private record Entry(CallTrace.Row row, String why) {
        String text() {
            return String.format(
                    "| %s | `%s` | %d | %s |", row.process(), row.call(), row.times(), why);
        }

        static Entry of(String line) {
            String[] cells = line.substring(2, line.length() - 2).split(" [|] ", 4);
            String call = cells[1].substring(1, cells[1].length() - 1);
            CallTrace.Row row = new CallTrace.Row(cells[0], call, Integer.parseInt(cells[2]));
            return new Entry(row, cells[3]);
        }
    }

    private final List<String> lines;
    private final int begin;
    private final int end;
    private final List<Entry> entries = new ArrayList<>();

    /** The table under {@code heading}. */
    CallTable(String heading) throws IOException {
        lines = new ArrayList<>(Files.readAllLines(PAGE));
        int at = lines.indexOf(heading);
        assertThat(at).as("the heading %s in %s", heading, PAGE).isNotNegative();
        while (!lines.get(at).equals(HEAD)) {
            at++;
        }
        begin = at + 2;
        int last = begin;
        while (last < lines.size() && lines.get(last).startsWith("|")) {
            entries.add(Entry.of(lines.get(last++)));
        }
        end = last;
    }

    List<CallTrace.Row> rows() {
        return entries.stream().map(Entry::row).toList();
    }

    /** The rows that say no reason. */
    List<CallTrace.Row> unreasoned() {
        return entries.stream()
                .filter(entry -> entry.why().isBlank() || entry.why().equals(NO_REASON))
                .map(Entry::row)
                .toList();
    }

    /** Writes the table anew, with the reasons of the calls that have one. */
    void write(List<CallTrace.Row> rows) throws IOException {
        List<Entry> known = new ArrayList<>(entries);
        List<String> text = new ArrayList<>(lines.subList(0, begin));
        for (CallTrace.Row row : rows) {
            text.add(new Entry(row, takeReason(known, row)).text());
        }
        text.addAll(lines.subList(end, lines.size()));
        Files.write(PAGE, text);
    }

    /** The reason of the first call of that name which is still in {@code known}. */
    private static String takeReason(List<Entry> known, CallTrace.Row row) {
        for (Entry entry : known) {
            if (entry.row().process().equals(row.process())
                    && entry.row().call().equals(row.call())) {
                known.remove(entry);
                return entry.why();
            }
        }
        return NO_REASON;
    }
}
