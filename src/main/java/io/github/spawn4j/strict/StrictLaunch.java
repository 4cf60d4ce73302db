// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.access.EverydayAccess;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.start.Launched;
import java.io.IOException;

/** A start whose caller is given the pidfd itself, as the kernel's proposals have it. */
final class StrictLaunch {
    /** Takes a duplicate of the child's pidfd, or notes its number. */
    interface PidfdTaker {
        void take(int pidfd) throws IOException;
    }

    private StrictLaunch() {}

    /**
     * Starts what the request describes.
     *
     * @param taker called before anybody watches the child: one that has ended is reaped at once
     *     then, and its pidfd closed
     */
    static PidfdProcess launch(RequestEncoder request, PidfdTaker taker) throws IOException {
        EverydayAccess everyday = Access.everyday(); // before there is a child
        Launched launched = new Launched();
        PidfdProcess process = null;
        try {
            launched.launch(request, RequestLayout.STRATEGY_CLONE3, null);
            taker.take(launched.pidfd());
            process = everyday.process(launched);
            return process;
        } finally {
            if (process == null) {
                launched.abandon();
            }
        }
    }
}
