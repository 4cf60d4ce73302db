package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
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
                        + "a second makes, one after the other. Bytes that the starting thread"
                        + " allocates for one, median.\n\n"
                        + times()
                        + "\nRatios: the median start and the median total, divided by those of"
                        + " another.\n\n"
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
                new Table("lrrrrrrrrr")
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
                                "bytes");
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
                            format("%.0f", bytes.isPresent() ? (double) bytes.getAsLong() : null));
                });
        return table;
    }

    private Table ratios() {
        Table table =
                new Table("lrrrrr")
                        .row(
                                "",
                                "of floor: start",
                                "total",
                                "of floor-equal: start",
                                "total",
                                "of jdk: total");
        for (SpawnerType type : results.keySet()) {
            List<String> cells = new ArrayList<>(List.of(type.toString()));
            cells.addAll(ratiosToFloors(type, Measurement::all));
            cells.add(format("%.3f", ratio(type, SpawnerType.JDK, Measurement::all, TOTAL)));
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
                    cells.addAll(ratiosToFloors(type, Measurement::elsewhere));
                    table.row(cells.toArray(String[]::new));
                });
        return table;
    }

    private List<String> ratiosToFloors(SpawnerType type, Function<Measurement, Samples> part) {
        List<String> cells = new ArrayList<>();
        for (SpawnerType floor : List.of(SpawnerType.FLOOR, SpawnerType.FLOOR_EQUAL)) {
            cells.add(format("%.2f", ratio(type, floor, part, START)));
            cells.add(format("%.2f", ratio(type, floor, part, TOTAL)));
        }
        return cells;
    }

    /** Null where one of the two was not measured. */
    private Double ratio(
            SpawnerType type,
            SpawnerType other,
            Function<Measurement, Samples> part,
            ToDoubleFunction<Samples> time) {
        Double mine = ifAny(part.apply(results.get(type)), time);
        Double base =
                results.containsKey(other) ? ifAny(part.apply(results.get(other)), time) : null;
        return mine == null || base == null ? null : (Double) round(mine / base);
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
                    entry.put(
                            "allocatedBytes", bytes.isPresent() ? (Long) bytes.getAsLong() : null);
                    putRatios(entry, type, Measurement::all);
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
            putRatios(entry, type, Measurement::elsewhere);
        }
        return entry;
    }

    private void putRatios(
            Map<String, Object> entry, SpawnerType type, Function<Measurement, Samples> part) {
        entry.put("ofFloor", ratios(type, SpawnerType.FLOOR, part));
        entry.put("ofFloorEqual", ratios(type, SpawnerType.FLOOR_EQUAL, part));
        entry.put("ofJdk", ratios(type, SpawnerType.JDK, part));
    }

    private Map<String, Object> ratios(
            SpawnerType type, SpawnerType other, Function<Measurement, Samples> part) {
        Map<String, Object> ratios = new LinkedHashMap<>();
        ratios.put("start", ratio(type, other, part, START));
        ratios.put("total", ratio(type, other, part, TOTAL));
        return ratios;
    }

    private static Map<String, Object> percentiles(DoubleUnaryOperator micros) {
        return Percentiles.of(micros, LOW, MEDIAN, TAIL);
    }
}
