// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.launch.Environment;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.start.ExecutableSource;
import io.github.spawn4j.internal.start.TemplateProgram;
import io.github.spawn4j.internal.warm.HelperBudget;
import io.github.spawn4j.internal.warm.WarmProgram;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Templates by program name, made when first used, checked at every spawn and made again when their
 * program has changed: an upgrade under a running build is not an error. Thread-safe; spawns of
 * different threads do not wait for each other.
 *
 * <pre>{@code
 * SpawnTemplateCache tools = SpawnTemplateCache.builder().maximumSize(64).build();
 * PidfdProcess process = tools.spawn("rg", "--json", "needle");
 * System.out.println(tools.statistics());
 * }</pre>
 *
 * <p>A bare name is searched in the JVM's PATH when its template is made; if another program of
 * that name appears earlier in PATH afterwards, the cache does not notice until the known one
 * changes or {@link #invalidate} is called. The cache holds one descriptor for each program. The
 * least recently used template makes room for a new one; it is closed when nobody spawns from it
 * any more.
 *
 * <p>Processes that {@linkplain SpawnStrategy#JDK the JDK} starts need no template: it holds and
 * counts none then.
 *
 * <p>Whoever builds a cache closes it; usually it lives as long as the application.
 */
public final class SpawnTemplateCache implements AutoCloseable {
    private static final Log LOG = Log.of(SpawnTemplateCache.class);
    private static final int USUAL_SIZE = 64;
    private static final int USUAL_HELPERS = 8;
    private static final float USUAL_LOAD = 0.75f;

    /**
     * How often one spawn follows a program that keeps changing, before it says that it is stale.
     */
    private static final int MOST_ATTEMPTS = 100;

    private final int maximumSize;
    private final Object lock = new Object();

    /** In order of use. The lock is held to look at it, never to open a file or to spawn. */
    @GuardedBy("lock")
    private final Map<String, TemplateProgram> programs = new LinkedHashMap<>(16, USUAL_LOAD, true);

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private long hits;

    @GuardedBy("lock")
    private long misses;

    @GuardedBy("lock")
    private long stale;

    @GuardedBy("lock")
    private long evictions;

    /** Null where nothing is kept warm. */
    private final Warm warm;

    /** The start of a program from which on it is. */
    private final int warmFrom;

    private final HelperBudget budget;

    private SpawnTemplateCache(Builder builder) {
        maximumSize = builder.maximumSize;
        warm = builder.warm;
        warmFrom = builder.warmFrom;
        budget = new HelperBudget(builder.maximumHelpers);
    }

    /**
     * Begins a cache.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts a program with the defaults of {@link EmptyProcess}.
     *
     * @param program a path if it contains a slash, else the name of a program in PATH
     * @param args its arguments
     * @return the running process
     * @throws SpawnException if it cannot be started; with EBADF if the cache is closed
     * @throws IllegalArgumentException if {@code program} is empty, or if a string contains NUL
     */
    public PidfdProcess spawn(String program, String... args) throws SpawnException {
        return prepare(program).args(args).start();
    }

    /**
     * Runs a program to its end, as {@link EmptyProcess#run} does.
     *
     * <pre>{@code
     * String head = tools.run(RunOptions.timeout(ofSeconds(5)), "git", "rev-parse", "HEAD").stdout().text();
     * }</pre>
     *
     * @param options how
     * @param program as for {@link #spawn}
     * @param args its arguments
     * @return how it ended
     * @throws SpawnException as for {@link #spawn}
     * @throws CommandException if it was not as {@code options} demand
     * @throws InterruptedException if the thread was or is interrupted; the process is gone then
     */
    public CommandResult run(RunOptions options, String program, String... args)
            throws SpawnException, CommandException, InterruptedException {
        return prepare(program).args(args).run(options);
    }

    /**
     * Begins to {@linkplain #run run} a program, and does not wait.
     *
     * @param options how
     * @param program as for {@link #spawn}
     * @param args its arguments
     * @return as {@link EmptyProcess#runAsync} has it
     */
    public RunningCommand runAsync(RunOptions options, String program, String... args) {
        return prepare(program).args(args).runAsync(options);
    }

    /**
     * Drops the template of a program; the next spawn makes a new one. Call it when another program
     * of that name has appeared earlier in PATH, which the cache does not notice by itself.
     *
     * <pre>{@code
     * tools.invalidate("node"); // as nvm has installed another one
     * }</pre>
     *
     * @param program as it is given to {@link #spawn}
     * @return true if there was a template; starts from it that have begun are finished
     */
    public boolean invalidate(String program) {
        TemplateProgram known;
        synchronized (lock) {
            known = programs.remove(program);
        }
        if (known == null) {
            return false;
        }
        known.close();
        LOG.debug("{}: {}", program, "invalidated");
        return true;
    }

    /**
     * An empty process whose program comes from this cache when it is started.
     *
     * @param program a path, relative to the JVM's directory, if it contains a slash; else the name
     *     of a program in the JVM's PATH
     * @return the process, to be configured and started by the caller
     * @throws IllegalArgumentException if {@code program} is empty or contains NUL
     */
    public EmptyProcess prepare(String program) {
        return new EmptyProcess(new EmptyProcess(program), new Source(program));
    }

    /** The executable of one empty process, which follows changes of the program. */
    private final class Source implements ExecutableSource {
        private final String program;
        private int attempts;

        Source(String program) {
            this.program = program;
        }

        @Override
        public TemplateProgram current() throws IOException {
            TemplateProgram known = lookUp(program);
            return known != null ? known : insert(program, make(program));
        }

        @Override
        public boolean replace(TemplateProgram stale) {
            remove(program, stale);
            return ++attempts < MOST_ATTEMPTS;
        }

        @Override
        public void checkOpen() throws IOException {
            synchronized (lock) {
                requireOpen();
            }
        }

        @Override
        public ExecutableSource another() {
            return new Source(program);
        }
    }

    private TemplateProgram make(String program) throws IOException {
        byte[] path = ProgramLookup.findAbsolute(program, null, Environment.inheritedSearchPath());
        PinnedExecutable executable = new PinnedExecutable(path);
        WarmProgram kept =
                warm == null
                        ? null
                        : Access.warm()
                                .program(
                                        warm,
                                        path,
                                        Strings.NONE.plus(Text.encodeName("program", program)),
                                        new Environment().encoded(),
                                        warmFrom,
                                        budget);
        return new TemplateProgram(executable, kept);
    }

    private TemplateProgram lookUp(String program) throws IOException {
        TemplateProgram known;
        synchronized (lock) {
            requireOpen();
            known = programs.get(program);
            if (known == null) {
                misses++;
            } else {
                hits++;
            }
        }
        LOG.debug("{}: {}", program, known == null ? "miss" : "hit");
        return known;
    }

    @GuardedBy("lock")
    private void requireOpen() throws IOException {
        if (closed) {
            throw new ErrnoException("template cache is closed", Errno.EBADF);
        }
    }

    /** Returns the program that is now in the cache: another thread may have been faster. */
    private TemplateProgram insert(String program, TemplateProgram made) {
        Map.Entry<String, TemplateProgram> evicted = null;
        synchronized (lock) {
            TemplateProgram other = closed ? made : programs.putIfAbsent(program, made);
            if (other != null) {
                made.close(); // if the cache is closed, the spawn will say so
                return other;
            }
            if (programs.size() > maximumSize) {
                evicted = programs.entrySet().iterator().next();
                programs.remove(evicted.getKey());
                evictions++;
            }
        }
        if (evicted != null) {
            evicted.getValue().close();
            LOG.debug("{}: {}", evicted.getKey(), "evicted");
        }
        return made;
    }

    private void remove(String program, TemplateProgram known) {
        boolean removed;
        synchronized (lock) {
            removed = programs.remove(program, known);
            if (removed) {
                stale++;
            }
        }
        known.close();
        if (removed) {
            LOG.debug("{}: {}", program, "stale");
        }
    }

    /**
     * What has happened so far.
     *
     * @return the numbers, all of one moment
     */
    public Statistics statistics() {
        synchronized (lock) {
            return new Statistics(hits, misses, stale, evictions, programs.size());
        }
    }

    /**
     * How the starts of one program were made, since it has a template.
     *
     * @param program as it is given to {@link #spawn}
     * @return the numbers; none if the cache does not hold the program, or does not keep it warm
     */
    public SpawnTemplate.Statistics statistics(String program) {
        TemplateProgram known;
        synchronized (lock) {
            known = programs.get(program);
        }
        return known == null
                ? SpawnTemplate.Statistics.NONE
                : SpawnTemplate.Statistics.of(known.warm());
    }

    /**
     * Closes all templates. Spawns that have begun are finished, later ones fail with EBADF.
     * Closing twice does nothing.
     */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            programs.values().forEach(TemplateProgram::close);
            programs.clear();
        }
    }

    /**
     * What has happened in a cache. Immutable.
     *
     * <pre>{@code
     * double rate = (double) statistics.hits() / (statistics.hits() + statistics.misses());
     * }</pre>
     *
     * @param hits lookups that found a template
     * @param misses lookups that found none and made one
     * @param stale templates given up because their program had changed
     * @param evictions templates given up because room was needed
     * @param size templates that the cache holds
     */
    public record Statistics(long hits, long misses, long stale, long evictions, int size) {}

    /**
     * Describes a cache. One thread at a time.
     *
     * <pre>{@code
     * SpawnTemplateCache.builder().maximumSize(16).warm(Warm.on(), 3).build();
     * }</pre>
     */
    public static final class Builder {
        private int maximumSize = USUAL_SIZE;
        private Warm warm;
        private int warmFrom;
        private int maximumHelpers = USUAL_HELPERS;

        private Builder() {}

        /**
         * Bounds the cache; 64 by default.
         *
         * @param templates how many templates, and so descriptors, it holds at most; at least 1
         * @return this
         * @throws IllegalArgumentException if {@code templates} is less than 1
         */
        public Builder maximumSize(int templates) {
            if (templates < 1) {
                throw new IllegalArgumentException("maximum size " + templates + " is less than 1");
            }
            maximumSize = templates;
            return this;
        }

        /**
         * Keeps the programs {@linkplain Warm warm} that have been started often enough.
         *
         * @param settings how
         * @param fromStart the start from which on a program has a helper: 1 for every program, 3
         *     for programs that are started a third time; at least 1
         * @return this
         * @throws IllegalArgumentException if {@code fromStart} is less than 1
         */
        public Builder warm(Warm settings, int fromStart) {
            if (fromStart < 1) {
                throw new IllegalArgumentException("warm from start " + fromStart);
            }
            warm = Objects.requireNonNull(settings, "settings");
            warmFrom = fromStart;
            return this;
        }

        /**
         * Bounds the helpers of programs that are kept warm; 8 by default. The program that was
         * started least recently loses its helper, if that was more than a second ago.
         *
         * @param helpers how many there are at most; at least 1
         * @return this
         * @throws IllegalArgumentException if {@code helpers} is less than 1
         */
        public Builder maximumHelpers(int helpers) {
            if (helpers < 1) {
                throw new IllegalArgumentException("maximum helpers " + helpers);
            }
            maximumHelpers = helpers;
            return this;
        }

        /**
         * Makes the cache.
         *
         * @return an empty cache, to be closed by the caller
         */
        public SpawnTemplateCache build() {
            return new SpawnTemplateCache(this);
        }
    }
}
