// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.Sandbox.Limit;
import io.github.spawn4j.Sandbox.Mechanism;
import io.github.spawn4j.control.Capability;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.control.FileAccess;
import io.github.spawn4j.control.Namespace;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.loop.Deadline;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Timer;
import io.github.spawn4j.internal.os.Confinement;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What a {@link Sandbox} has become for one process: attributes that the process was given, and
 * perhaps a cgroup, which is removed when nobody needs it any more. Thread-safe once the process
 * has been started.
 */
final class Enclosure {
    private static final Log LOG = Log.of(Enclosure.class);

    /**
     * What root keeps: what concerns files and ids, and none by which the machine can be changed.
     */
    private static final Capability[] KEPT = {
        Capability.CHOWN,
        Capability.DAC_OVERRIDE,
        Capability.DAC_READ_SEARCH,
        Capability.FOWNER,
        Capability.FSETID,
        Capability.KILL,
        Capability.SETGID,
        Capability.SETUID,
        Capability.NET_BIND_SERVICE
    };

    private final Sandbox sandbox;
    private final Map<Limit, Mechanism> mechanisms = new EnumMap<>(Limit.class);

    /** Null where there can be none, or nothing needs one. */
    private Cgroup cgroup;

    /** Why there is none. */
    private String hindrance = "";

    private Enclosure(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /**
     * Gives a process that is about to be started what its sandbox demands.
     *
     * @throws LaunchException if a limit cannot be enforced
     */
    static Enclosure around(EmptyProcess process, boolean isRun) throws LaunchException {
        Enclosure enclosure = new Enclosure(process.sandbox);
        boolean succeeded = false;
        try {
            enclosure.enclose(process, isRun);
            succeeded = true;
            return enclosure;
        } finally {
            if (!succeeded) {
                enclosure.remove();
            }
        }
    }

    private void enclose(EmptyProcess process, boolean isRun) throws LaunchException {
        if (process.cgroup != null) {
            throw new IllegalStateException(
                    "sandbox(...) and cgroup(...): a sandbox makes its own cgroup");
        }
        process.noNewPrivileges();
        if (Confinement.mayDropCapabilities()
                && !process.hasAttribute(RequestLayout.BOUNDING_SET)) {
            process.capabilities(KEPT);
        }
        makeCgroup();
        limitMemory(process);
        limitProcesses(process);
        limitTimes(process);
        limitOutput(process, isRun);
        limitFiles(process);
        limitNetwork(process);
        if (cgroup != null) {
            process.cgroup(cgroup);
        }
        process.teardown = process.teardownOrDefault().widened(cgroup != null);
        if (process.teardown.needsGroup()) {
            process.leadGroup();
        }
    }

    private void makeCgroup() {
        if (sandbox.memory() > 0 || sandbox.processes() > 0 || sandbox.cpuTime() != null) {
            try {
                cgroup = Cgroup.create();
            } catch (IOException e) {
                hindrance = e.getMessage();
            }
        }
    }

    private interface Setting {
        void apply() throws IOException;
    }

    /** Whether the cgroup, if there is one, takes it. */
    private boolean isLimitedByCgroup(Limit limit, Setting setting) {
        if (cgroup == null) {
            return false;
        }
        try {
            setting.apply();
            mechanisms.put(limit, Mechanism.CGROUP);
            return true;
        } catch (IOException e) {
            hindrance = e.getMessage();
            return false;
        }
    }

    private void refuse(Limit limit, String what, String reason) throws LaunchException {
        if (!sandbox.isBestEffort(limit)) {
            throw new LaunchException("sandbox", -1, Errno.EOPNOTSUPP, what, reason);
        }
        mechanisms.put(limit, Mechanism.NONE);
    }

    private void limitMemory(EmptyProcess process) {
        long bytes = sandbox.memory();
        if (bytes > 0 && !isLimitedByCgroup(Limit.MEMORY, () -> limitMemory(bytes))) {
            process.limit(Resource.AS, bytes);
            mechanisms.put(Limit.MEMORY, Mechanism.RLIMIT);
        }
    }

    private void limitMemory(long bytes) throws IOException {
        cgroup.memoryMax(bytes);
        if (Files.exists(cgroup.directory().resolve("memory.swap.max"))) {
            cgroup.swapMax(0); // or it would only become slow
        }
    }

    private void limitProcesses(EmptyProcess process) throws LaunchException {
        int most = sandbox.processes();
        if (most == 0 || isLimitedByCgroup(Limit.PROCESSES, () -> cgroup.pidsMax(most))) {
            return;
        }
        if (!Confinement.countsProcesses()) {
            String reason = "a limit of the user would count others too, or is not for root";
            refuse(Limit.PROCESSES, "processes " + most, hindrance + "; " + reason);
            return;
        }
        process.namespaces(Namespace.USER).limit(Resource.NPROC, most);
        mechanisms.put(Limit.PROCESSES, Mechanism.RLIMIT);
    }

    private void limitTimes(EmptyProcess process) {
        if (sandbox.time() != null) {
            mechanisms.put(Limit.TIME, Mechanism.LIBRARY);
        }
        if (sandbox.cpuTime() != null) {
            long seconds = Math.max(1, sandbox.cpuTime().plusNanos(999_999_999).toSeconds());
            process.limit(Resource.CPU, seconds, seconds + 1);
            mechanisms.put(Limit.CPU_TIME, cgroup == null ? Mechanism.RLIMIT : Mechanism.CGROUP);
        }
    }

    private void limitOutput(EmptyProcess process, boolean isRun) throws LaunchException {
        if (!sandbox.limitsOutput()) {
            return;
        }
        String what = "output " + sandbox.output() + " bytes";
        if (!isRun) {
            refuse(
                    Limit.OUTPUT,
                    what,
                    "whoever starts a process and does not run it reads it himself");
        } else if (process.streams[1].leadsElsewhere() || process.streams[2].leadsElsewhere()) {
            refuse(Limit.OUTPUT, what, "it leads elsewhere");
        } else {
            mechanisms.put(Limit.OUTPUT, Mechanism.LIBRARY);
        }
    }

    private void limitFiles(EmptyProcess process) throws LaunchException {
        Path scratch = sandbox.scratch();
        if (Confinement.has(Confinement.LANDLOCK)) {
            FileAccess access =
                    sandbox.files() == null
                            ? FileAccess.NONE.readOnly(Path.of("/")).devices()
                            : sandbox.files();
            process.attribute(
                    Access.control().attribute(access.readWrite(scratch)).withSignalsWithin());
            mechanisms.put(Limit.FILES, Mechanism.LANDLOCK);
        } else if (sandbox.files() != null) {
            refuse(Limit.FILES, "files", "Landlock of Linux 6.2 is not there");
        } else if (Confinement.has(Confinement.MOUNT_NAMESPACE | Confinement.MOUNT_SETATTR)) {
            process.readOnlyMountsExcept(scratch);
            mechanisms.put(Limit.FILES, Mechanism.NAMESPACE);
        } else {
            String reason = "neither Landlock of Linux 6.2 nor mount namespaces of 5.12 are there";
            refuse(Limit.FILES, "files", reason);
        }
    }

    private void limitNetwork(EmptyProcess process) throws LaunchException {
        if (sandbox.hasNetwork()) {
            return;
        }
        if (Confinement.has(Confinement.NETWORK_NAMESPACE)) {
            process.noNetwork();
            mechanisms.put(Limit.NETWORK, Mechanism.NAMESPACE);
        } else {
            refuse(Limit.NETWORK, "no network", "network namespaces are not there, or forbidden");
        }
    }

    /** What enforces which limit. */
    Map<Limit, Mechanism> mechanisms() {
        return Map.copyOf(mechanisms);
    }

    /** Watches the CPU time of a process that has been started. */
    void watch(ChildProcess child) throws IOException {
        if (cgroup != null && sandbox.cpuTime() != null) {
            CpuBudget budget = new CpuBudget(cgroup, sandbox.cpuTime(), () -> child.exit() != null);
            budget.watch();
            child.whenExited(budget::end);
        }
    }

    /** The same of one that nobody runs: its time too, and its end. */
    void watch(ChildProcess child, Runnable end) throws IOException {
        watch(child);
        if (sandbox.time() != null) {
            Timer timer = Reactor.schedule(Deadline.toNanos(sandbox.time()), end);
            child.whenExited(timer::cancel);
        }
        child.whenExited(this::leave);
    }

    /**
     * Removes the cgroup, with whoever is in it. Completed when that is done, or cannot be done
     * yet: a run does not wait for descriptors that somebody else has to close.
     */
    CompletableFuture<Void> leave() {
        if (cgroup == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> left = new CompletableFuture<>();
        Errand errand =
                new Errand(
                        () -> {
                            try {
                                close();
                            } finally {
                                left.complete(null);
                            }
                        });
        errand.run();
        return left;
    }

    /** The same now, or when it can be done. */
    void remove() {
        if (cgroup != null) {
            new Errand(this::close).attemptHere();
        }
    }

    /**
     * Where something has run out it is thrown, to be tried again: else whoever is in the cgroup
     * would live on, and it would stay for ever.
     */
    private void close() {
        try {
            cgroup.close();
        } catch (IOException | RuntimeException e) {
            if (e instanceof IOException failure && Errno.isExhaustion(failure)) {
                throw new UncheckedIOException(failure);
            }
            LOG.warn("{} of a sandbox stays", cgroup, e); // the next attempt would fail too
        }
    }

    /** The shorter one of a time limit, null for ever, and the sandbox's. */
    static Duration shorter(Duration timeout, Sandbox sandbox) {
        if (sandbox == null || sandbox.time() == null) {
            return timeout;
        }
        boolean isShorter = timeout != null && timeout.compareTo(sandbox.time()) <= 0;
        return isShorter ? timeout : sandbox.time();
    }
}
