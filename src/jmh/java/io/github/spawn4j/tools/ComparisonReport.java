// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** The results of {@code compare}, as tables or for JSON. */
final class ComparisonReport {
    private static final double LOW = Percentiles.LOW;
    private static final double MEDIAN = Percentiles.MEDIAN;
    private static final double TAIL = Percentiles.TAIL;
    private static final double THOUSAND = 1000;

    private static final ToDoubleFunction<Samples> START = samples -> samples.startMicros(MEDIAN);
    private static final ToDoubleFunction<Samples> TOTAL = samples -> samples.totalMicros(MEDIAN);

    private final Map<SpawnerType, Measurement> results;
    private final boolean placesKnown;

    /**
     * @param placesKnown whether the children have said on which processors they ran
     */
    ComparisonReport(Map<SpawnerType, Measurement> results, boolean placesKnown) {
        this.results = results;
        this.placesKnown = placesKnown;
    }

    /** The tables, each below what its numbers are. */
    String tables() {
        String tables =
                "Microseconds until the start has returned (\"start\") and until the exit is known"
                        + " (\"total\"). How many starts\n"
                        + "a second makes, one after the other. Microseconds of processor time for"
                        + " one, the child's included. Bytes that\n"
                        + "the starting thread allocates for one, median. Batches that were made, and"
                        + " that were left out as others used the machine.\n\n"
                        + times()
                        + "\nRatios: the median start, the median total and the processor time,"
                        + " divided by those of another in the same\n"
                        + "round; the median of all rounds, and in brackets what it is with a"
                        + " certainty of 95 %. ~ means: cannot be told apart, and (?): too few rounds.\n\n"
                        + ratios();
        return placesKnown
                ? tables
                        + "\n\"elsewhere\": the share of children that ran on another processor than"
                        + " their starter. Of those starts, in batches\n"
                        + "in which most were so: how many, medians in microseconds, and ratios"
                        + " as above.\n\n"
                        + elsewhere()
                : tables;
    }

    private Table times() {
        Table table =
                new Table("lrrrrrrrrrrrr")
                        .row(
                                "",
                                "starts",
                                "start p10",
                                "p50",
                                "p99",
                                "total p10",
                                "p50",
                                "p99",
                                "per second",
                                "CPU",
                                "bytes",
                                "batches",
                                "left out");
        results.forEach(
                (type, result) -> {
                    Samples all = result.all();
                    OptionalLong bytes = all.allocatedBytes();
                    table.row(
                            type.toString(),
                            Integer.toString(all.size()),
                            format("%.1f", all.startMicros(LOW)),
                            format("%.1f", all.startMicros(MEDIAN)),
                            format("%.1f", all.startMicros(TAIL)),
                            format("%.1f", all.totalMicros(LOW)),
                            format("%.1f", all.totalMicros(MEDIAN)),
                            format("%.1f", all.totalMicros(TAIL)),
                            format("%.0f", all.perSecond()),
                            format("%.1f", cpuMicros(all)),
                            format("%.0f", bytes.isPresent() ? (double) bytes.getAsLong() : null),
                            Integer.toString(result.rounds()),
                            Integer.toString(result.rejected()));
                });
        return table;
    }

    private Table ratios() {
        Table table =
                new Table("lrrrrrrr")
                        .row(
                                "",
                                "of floor: start",
                                "total",
                                "of floor-equal: start",
                                "total",
                                "of jdk: start",
                                "total",
                                "CPU");
        for (SpawnerType type : results.keySet()) {
            List<String> cells = new ArrayList<>(List.of(type.toString()));
            cells.addAll(ratiosToFloors(type, Figure.START, Figure.TOTAL));
            for (Figure figure : List.of(Figure.START, Figure.TOTAL, Figure.CPU)) {
                cells.add(text(ratio(type, SpawnerType.JDK, figure)));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private Table elsewhere() {
        Table table =
                new Table("lrrrrrrrr")
                        .row(
                                "",
                                "elsewhere",
                                "starts",
                                "start p50",
                                "total p50",
                                "of floor: start",
                                "total",
                                "of floor-equal: start",
                                "total");
        results.forEach(
                (type, result) -> {
                    Samples elsewhere = result.elsewhere();
                    List<String> cells =
                            new ArrayList<>(
                                    List.of(
                                            type.toString(),
                                            format("%.0f %%", elsewherePercent(result)),
                                            Integer.toString(elsewhere.size()),
                                            format("%.1f", ifAny(elsewhere, START)),
                                            format("%.1f", ifAny(elsewhere, TOTAL))));
                    cells.addAll(
                            ratiosToFloors(type, Figure.START_ELSEWHERE, Figure.TOTAL_ELSEWHERE));
                    table.row(cells.toArray(String[]::new));
                });
        return table;
    }

    private List<String> ratiosToFloors(SpawnerType type, Figure start, Figure total) {
        List<String> cells = new ArrayList<>();
        for (SpawnerType floor : List.of(SpawnerType.FLOOR, SpawnerType.FLOOR_EQUAL)) {
            cells.add(text(ratio(type, floor, start)));
            cells.add(text(ratio(type, floor, total)));
        }
        return cells;
    }

    /** Empty where one of the two was not measured. */
    private Optional<Ratio> ratio(SpawnerType type, SpawnerType other, Figure figure) {
        return results.containsKey(other)
                ? results.get(type).ratio(results.get(other), figure)
                : Optional.empty();
    }

    private static String text(Optional<Ratio> ratio) {
        return ratio.map(Ratio::toString).orElse("-");
    }

    private static Double cpuMicros(Samples samples) {
        return samples.cpuNs() == 0 ? null : (Double) round(samples.cpuMicros());
    }

    private static Double ifAny(Samples samples, ToDoubleFunction<Samples> time) {
        return samples.size() == 0 ? null : (Double) time.applyAsDouble(samples);
    }

    private static Double elsewherePercent(Measurement result) {
        return result.all().elsewhereShare().isPresent()
                ? (Double) round(100 * result.all().elsewhereShare().getAsDouble())
                : null;
    }

    private static double round(double number) {
        return Math.round(number * THOUSAND) / THOUSAND;
    }

    /** Null is a dash. */
    private static String format(String pattern, Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, pattern, value);
    }

    /** One entry for each spawner. */
    List<Object> entries() {
        List<Object> entries = new ArrayList<>();
        results.forEach(
                (type, result) -> {
                    Samples all = result.all();
                    OptionalLong bytes = all.allocatedBytes();
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("spawner", type.toString());
                    entry.put("starts", all.size());
                    entry.put("startMicros", percentiles(all::startMicros));
                    entry.put("totalMicros", percentiles(all::totalMicros));
                    entry.put("perSecond", Math.round(all.perSecond()));
                    entry.put("cpuMicros", cpuMicros(all));
                    entry.put("batches", result.rounds());
                    entry.put("rejectedBatches", result.rejected());
                    entry.put(
                            "allocatedBytes", bytes.isPresent() ? (Long) bytes.getAsLong() : null);
                    putRatios(entry, type, Figure.START, Figure.TOTAL, Figure.CPU);
                    if (placesKnown) {
                        entry.put("elsewherePercent", elsewherePercent(result));
                        entry.put("elsewhere", elsewhere(type, result));
                    }
                    entries.add(entry);
                });
        return entries;
    }

    private Map<String, Object> elsewhere(SpawnerType type, Measurement result) {
        Samples elsewhere = result.elsewhere();
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("starts", elsewhere.size());
        if (elsewhere.size() > 0) {
            entry.put("startMicros", percentiles(elsewhere::startMicros));
            entry.put("totalMicros", percentiles(elsewhere::totalMicros));
            putRatios(entry, type, Figure.START_ELSEWHERE, Figure.TOTAL_ELSEWHERE);
        }
        return entry;
    }

    private void putRatios(Map<String, Object> entry, SpawnerType type, Figure... figures) {
        entry.put("ofFloor", ratios(type, SpawnerType.FLOOR, figures));
        entry.put("ofFloorEqual", ratios(type, SpawnerType.FLOOR_EQUAL, figures));
        entry.put("ofJdk", ratios(type, SpawnerType.JDK, figures));
    }

    private Map<String, Object> ratios(SpawnerType type, SpawnerType other, Figure... figures) {
        Map<String, Object> ratios = new LinkedHashMap<>();
        for (Figure figure : figures) {
            ratios.put(
                    figure.toString(), ratio(type, other, figure).map(Ratio::entry).orElse(null));
        }
        return ratios;
    }

    private static Map<String, Object> percentiles(DoubleUnaryOperator micros) {
        return Percentiles.of(micros, LOW, MEDIAN, TAIL);
    }
}
