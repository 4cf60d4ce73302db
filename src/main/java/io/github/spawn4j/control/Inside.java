// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.access.ControlAccess;
import io.github.spawn4j.internal.cgroup.MemoryKills;
import io.github.spawn4j.internal.child.ProcessGroup;
import io.github.spawn4j.internal.launch.Attribute;
import io.github.spawn4j.internal.launch.OpenCgroup;
import java.io.IOException;
import java.nio.file.Path;

/** What this package shows the other exported ones. */
final class Inside implements ControlAccess {
    static {
        Access.register(new Inside());
    }

    private Inside() {}

    @Override
    public int number(Resource resource) {
        return resource.number();
    }

    @Override
    public int number(IoClass ioClass) {
        return ioClass.number();
    }

    @Override
    public int number(SchedulingPolicy policy) {
        return policy.number();
    }

    @Override
    public int number(MemoryPolicy policy) {
        return policy.number();
    }

    @Override
    public boolean hasNodes(MemoryPolicy policy) {
        return policy.hasNodes();
    }

    @Override
    public long bit(Capability capability) {
        return capability.bit();
    }

    @Override
    public int flag(Namespace namespace) {
        return namespace.flag();
    }

    @Override
    public Attribute attribute(FileAccess access) {
        return access.attribute();
    }

    @Override
    public OpenCgroup.Use use(Cgroup cgroup) throws IOException {
        return cgroup.use();
    }

    @Override
    public MemoryKills memoryKills(Cgroup cgroup) {
        return cgroup.memoryKills();
    }

    @Override
    public ProcessTree tree(PidfdProcess process, ProcessGroup group) {
        return new ProcessTree(process, group);
    }

    @Override
    public ProcessTree tree(PidfdProcess process, Path cgroup) {
        return new ProcessTree(process, cgroup);
    }
}
