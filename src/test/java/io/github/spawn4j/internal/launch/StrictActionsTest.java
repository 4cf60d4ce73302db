// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.internal.os.Errno;
import org.junit.jupiter.api.Test;

/** Steps to the letter: every number stands in the request as it was given. */
class StrictActionsTest {
    private final Request request = new Request(0, 0, 8);
    private final StrictActions actions = new StrictActions(request);

    private void assertAction(int action, int type, int fd, int newFd, int flags) {
        assertThat(request.action(action, RequestLayout.ACTION_TYPE)).isEqualTo(type);
        assertThat(request.action(action, RequestLayout.ACTION_FD)).isEqualTo(fd);
        assertThat(request.action(action, RequestLayout.ACTION_NEWFD)).isEqualTo(newFd);
        assertThat(request.action(action, RequestLayout.ACTION_FLAGS)).isEqualTo(flags);
    }

    @Test
    void namesDescriptorsOfTheJvmByTheirNumbers() {
        actions.dup(40, 41, 02000000);
        actions.fchdir(40);
        actions.closeRange(40, -1, 2);

        assertAction(0, RequestLayout.DUP3, 40, 41, 02000000);
        assertAction(1, RequestLayout.FCHDIR, 40, 0, 0);
        assertAction(2, RequestLayout.CLOSE_RANGE, 40, -1, 2);
    }

    @Test
    void closesWithoutALookWhetherItIsOpen() {
        actions.close(1 << 20);

        assertAction(0, RequestLayout.CLOSE, 1 << 20, 0, 0);
    }

    @Test
    void leavesAFailureToTheChild() {
        actions.index(1);
        actions.fail(Errno.EFAULT);

        assertAction(0, RequestLayout.FAIL, 0, 0, Errno.EFAULT);
        assertThat(request.action(0, RequestLayout.ACTION_INDEX)).isEqualTo(1);
    }
}
