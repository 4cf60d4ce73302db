// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Pidfd;
import io.github.spawn4j.internal.os.WarmSpawn;
import io.github.spawn4j.testing.Probe;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A request, field by field, and what comes of it. */
class RequestEncoderTest {
    private static final int SIGKILL = 9;

    private final Request request = new Request(4, 2, 4);
    private final RequestEncoder encoder = new RequestEncoder(request);

    private static byte[] path(String path) {
        return Text.encodeName("path", path);
    }

    private void program(String path) {
        encoder.program(
                path(path),
                Strings.NONE.plus(path(path)).plus("argument", List.of("a", "b")),
                Strings.NONE.plus(path("X=1")));
    }

    @Test
    void writesProgramArgumentsAndEnvironment() {
        program("/bin/true");

        assertThat(request.text(request.get(RequestLayout.PROGRAM_OFFSET)))
                .isEqualTo(path("/bin/true"));
        assertThat(request.get(RequestLayout.ARGV_COUNT)).isEqualTo(3);
        assertThat(request.text(request.get(RequestLayout.ARGV_OFFSET)))
                .isEqualTo("/bin/true\0a\0b\0".getBytes());
        assertThat(request.get(RequestLayout.ENVP_COUNT)).isEqualTo(1);
        assertThat(request.text(request.get(RequestLayout.ENVP_OFFSET)))
                .isEqualTo("X=1\0".getBytes());
    }

    @Test
    void needsOneSourceForTheNullDevice() {
        int source = encoder.nullDevice();

        assertThat(encoder.nullDevice()).isEqualTo(source);
        assertThat(encoder.pipeToChild()).isEqualTo(source + 1);
        assertThat(request.source(source, RequestLayout.SOURCE_KIND))
                .isEqualTo(RequestLayout.SOURCE_NULL);
    }

    @Test
    void executesAPathUnlessAFileIsPinned() {
        assertThat(request.get(RequestLayout.EXEC_SOURCE)).isEqualTo(-1);

        encoder.pinned(40);

        int source = request.get(RequestLayout.EXEC_SOURCE);
        assertThat(request.source(source, RequestLayout.SOURCE_FD)).isEqualTo(40);
    }

    /** The keeper's thread starts such a child, and has a mask of its own. */
    @Test
    void takesTheCallersSignalMaskAlongWithAChildThatDiesWithTheJvm() {
        encoder.inheritSignals();
        encoder.attribute(Attribute.parentDeath(SIGKILL));

        assertThat(request.action(0, RequestLayout.ACTION_TYPE)).isEqualTo(RequestLayout.SIGMASK);
    }

    @Test
    void isNotForAHelperIfTheChildDiesWithTheJvm() {
        encoder.attribute(Attribute.parentDeath(SIGKILL));

        assertThat(encoder.launchWarm(0, RequestLayout.STRATEGY_CLONE3, 1))
                .isEqualTo(WarmSpawn.OTHER_REQUEST);
    }

    @Test
    void isNotForAHelperIfTheStrategyIsAnother() {
        assertThat(encoder.launchWarm(0, RequestLayout.STRATEGY_FORK, 1))
                .isEqualTo(WarmSpawn.OTHER_REQUEST);
    }

    @Test
    void startsAProcess() throws Exception {
        program(Probe.PROGRAM);
        encoder.actions().closeOthers();
        Outcome outcome = encoder.outcome();

        encoder.launch(RequestLayout.STRATEGY_CLONE3);

        outcome.check();
        assertThat(ProcessHandle.of(outcome.pid())).isPresent();
        Pidfd.discard(outcome.pid(), outcome.pidfd());
        Io.close(outcome.pidfd());
    }

    @Test
    void saysWhichStepHasFailed() throws Exception {
        program(Probe.PROGRAM);
        encoder.actions().index(2);
        encoder.actions().chdir(path("/no/such"));
        Outcome outcome = encoder.outcome();

        encoder.launch(RequestLayout.STRATEGY_CLONE3);

        assertThatThrownBy(outcome::check)
                .isInstanceOfSatisfying(
                        LaunchException.class,
                        failure -> {
                            assertThat(failure.step()).isEqualTo("chdir");
                            assertThat(failure.index()).isEqualTo(2);
                            assertThat(failure.errno()).isEqualTo(Errno.ENOENT);
                        });
    }
}
