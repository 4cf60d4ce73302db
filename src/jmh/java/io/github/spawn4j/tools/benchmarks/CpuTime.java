// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.spawners.CpuClock;
import java.util.Collection;
import java.util.List;
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
    private long jvmNs;
    private long childrenNs;

    @Override
    public String getDescription() {
        return "Processor time of the JVM and of its children";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        childrenNs = CpuClock.childrenNs();
        jvmNs = CpuClock.jvmNs(); // last, as to ask for the children's takes some itself
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double operations = result.getMetadata().getAllOps();
        return List.of(
                perOperation("cpu.jvm", CpuClock.jvmNs() - jvmNs, operations),
                perOperation("cpu.children", CpuClock.childrenNs() - childrenNs, operations));
    }

    private static ScalarResult perOperation(String name, double ns, double operations) {
        return new ScalarResult(name, ns / 1e6 / operations, "ms/op", AggregationPolicy.AVG);
    }
}
