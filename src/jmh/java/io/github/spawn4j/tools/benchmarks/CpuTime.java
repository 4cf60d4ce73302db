package io.github.spawn4j.tools.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The processor time of an operation, user and system: the JVM's, all its threads together, and
 * that of its children, of those that have ended and of those that live, such as the helpers of
 * warm templates. To be named with JMH's {@code -prof}, by its whole name.
 */
public final class CpuTime implements InternalProfiler {
    private static final Path STAT = Path.of("/proc/self/stat");

    /** The unit of /proc, USER_HZ, is the same on all machines that this runs on. */
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Of cutime and cstime, counted from behind the name. */
    private static final int CHILDREN_USER = 13;

    private static final int CHILDREN_SYSTEM = 14;

    private final OperatingSystemMXBean system =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private long jvmNs;
    private long childrenNs;

    @Override
    public String getDescription() {
        return "Processor time of the JVM and of its children";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        jvmNs = system.getProcessCpuTime();
        childrenNs = endedNs() + livingNs();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double operations = result.getMetadata().getAllOps();
        return List.of(
                perOperation("cpu.jvm", system.getProcessCpuTime() - jvmNs, operations),
                perOperation("cpu.children", endedNs() + livingNs() - childrenNs, operations));
    }

    private static ScalarResult perOperation(String name, double ns, double operations) {
        return new ScalarResult(name, ns / 1e6 / operations, "ms/op", AggregationPolicy.AVG);
    }

    private static long endedNs() {
        try {
            String stat = Files.readString(STAT);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return TICK_NS
                    * (Long.parseLong(fields[CHILDREN_USER])
                            + Long.parseLong(fields[CHILDREN_SYSTEM]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long livingNs() {
        return ProcessHandle.current().children().mapToLong(CpuTime::processorNs).sum();
    }

    private static long processorNs(ProcessHandle process) {
        try {
            String times = Files.readString(Path.of("/proc/" + process.pid() + "/schedstat"));
            return Long.parseLong(times.substring(0, times.indexOf(' ')));
        } catch (IOException e) {
            return 0; // it has just ended
        }
    }
}
