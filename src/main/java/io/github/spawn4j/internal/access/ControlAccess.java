// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.access;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.control.Capability;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.control.FileAccess;
import io.github.spawn4j.control.IoClass;
import io.github.spawn4j.control.MemoryPolicy;
import io.github.spawn4j.control.Namespace;
import io.github.spawn4j.control.ProcessTree;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.control.SchedulingPolicy;
import io.github.spawn4j.internal.cgroup.MemoryKills;
import io.github.spawn4j.internal.child.ProcessGroup;
import io.github.spawn4j.internal.launch.Attribute;
import io.github.spawn4j.internal.launch.OpenCgroup;
import java.io.IOException;
import java.nio.file.Path;

/** What {@code io.github.spawn4j.control} shows: mostly the kernel's numbers. */
public interface ControlAccess {
    int number(Resource resource);

    int number(IoClass ioClass);

    int number(SchedulingPolicy policy);

    int number(MemoryPolicy policy);

    boolean hasNodes(MemoryPolicy policy);

    /** As the kernel has a set. */
    long bit(Capability capability);

    /** As unshare(2) takes it. */
    int flag(Namespace namespace);

    Attribute attribute(FileAccess access);

    /** Begins a start in a cgroup. */
    OpenCgroup.Use use(Cgroup cgroup) throws IOException;

    MemoryKills memoryKills(Cgroup cgroup);

    ProcessTree tree(PidfdProcess process, ProcessGroup group);

    ProcessTree tree(PidfdProcess process, Path cgroup);
}
