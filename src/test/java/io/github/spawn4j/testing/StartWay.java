// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.warm.ColdReason;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The ways in which the contract is tested: each strategy, and twice more the one that all
 * templates have, through a template that is kept warm. A test is given the strategy; the probe
 * that it asks for is a warm template's then.
 *
 * <p>Such a start may be cold, as many of the contract's requests are for what only exec can do;
 * but not for want of a helper.
 */
public final class StartWay implements BeforeEachCallback, AfterEachCallback {
    private static final String WARM = "WARM";
    private static final String PARKED = "PARKED";

    /** What a request may be too much for, or the test has changed. */
    private static final Set<ColdReason> OF_REQUESTS =
            Set.of(
                    ColdReason.OTHER_REQUEST,
                    ColdReason.OTHER_AUTHORITY,
                    ColdReason.OTHER_SCHEDULING,
                    ColdReason.OTHER_LIMITS,
                    ColdReason.NO_ACCESS,
                    ColdReason.LARGE_REQUEST,
                    ColdReason.BUSY);

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(StartWay.class);

    /** Null where the test goes a strategy's way; tests run one after the other. */
    private static SpawnTemplate probe;

    public static Stream<Named<SpawnStrategy>> all() {
        return Stream.concat(
                Strategies.ofTheKernel().stream()
                        .map(strategy -> Named.of(strategy.name(), strategy)),
                Stream.of(
                        Named.of(WARM, SpawnStrategy.CLONE3),
                        Named.of(PARKED, SpawnStrategy.CLONE3)));
    }

    /** With the JDK, which can do less. */
    public static Stream<Named<SpawnStrategy>> everyday() {
        return Stream.concat(all(), Stream.of(Named.of("JDK", SpawnStrategy.JDK)));
    }

    /** Without posix_spawn(3). */
    public static Stream<Named<SpawnStrategy>> expressive() {
        return all().filter(way -> way.getPayload() != SpawnStrategy.POSIX_SPAWN);
    }

    /** A probe that is started the way that the test goes. */
    public static EmptyProcess probe(SpawnStrategy strategy) {
        return probe == null
                ? PidfdProcess.builder(Probe.PROGRAM).strategy(strategy)
                : probe.prepare();
    }

    /** Has a template kept warm where the test goes that way. */
    public static SpawnTemplate.Builder kept(SpawnTemplate.Builder builder) {
        return probe == null ? builder : builder.warm(KeptWarm.PATIENT.parked(1));
    }

    /**
     * The processes that were started and have not ended; a helper and who waits there are none.
     */
    public static Stream<ProcessHandle> started() {
        return ProcessHandle.current().children().filter(child -> !isWaiting(child.pid()));
    }

    private static boolean isWaiting(long pid) {
        try {
            String commandLine = Files.readString(Path.of("/proc/" + pid + "/cmdline"));
            return probe != null && commandLine.startsWith("spawn4j-warm: ");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        String way = context.getDisplayName();
        if (way.equals(WARM) || way.equals(PARKED)) {
            // Closed with the last invocation of the method, before anybody looks for leaks.
            ExtensionContext method = context.getParent().orElseThrow();
            probe =
                    method.getStore(NAMESPACE)
                            .getOrComputeIfAbsent(
                                    way, key -> template(way.equals(PARKED)), Kept.class)
                            .template();
            KeptWarm.settled(probe);
        }
    }

    private static Kept template(boolean isParked) {
        try {
            Set<String> before = Set.copyOf(LeakCheck.descriptors().values());
            Warm settings = isParked ? KeptWarm.PATIENT.parked(2) : KeptWarm.PATIENT;
            return new Kept(SpawnTemplate.builder(Probe.PROGRAM).warm(settings).build(), before);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private record Kept(SpawnTemplate template, Set<String> before) implements AutoCloseable {
        /** A helper is ended in the background; the next test may look for what it leaves. */
        @Override
        public void close() {
            template.close();
            OwnThread.await("the helper's sockets are closed", this::hasNoMoreSockets);
        }

        private boolean hasNoMoreSockets() {
            try {
                return LeakCheck.descriptors().values().stream()
                        .filter(target -> target.startsWith("socket:"))
                        .allMatch(before::contains);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (probe != null) {
            SpawnTemplate.Statistics statistics = probe.statistics();
            probe = null;
            if (statistics.refusal().isEmpty()) {
                assertThat(OF_REQUESTS).containsAll(statistics.coldStarts().keySet());
            }
        }
    }
}
