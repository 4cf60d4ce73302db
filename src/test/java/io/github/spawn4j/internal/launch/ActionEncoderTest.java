// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.os.Errno;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the numbers of an everyday child's steps mean, record by record. */
class ActionEncoderTest {
    private static final int OF_THE_JVM = 40;
    private static final int TOP = -1;
    private static final int AT_FDCWD = -100;

    private final Request request = new Request(4, 0, 8);
    private final ActionEncoder actions = new ActionEncoder(request);

    private int type(int action) {
        return request.action(action, RequestLayout.ACTION_TYPE);
    }

    private int fd(int action) {
        return request.action(action, RequestLayout.ACTION_FD);
    }

    private int newFd(int action) {
        return request.action(action, RequestLayout.ACTION_NEWFD);
    }

    /** First and last, of a record that closes a range. */
    private List<Integer> range(int action) {
        assertThat(type(action)).isEqualTo(RequestLayout.CLOSE_RANGE);
        return List.of(fd(action), newFd(action));
    }

    private void assertIsSource(int action, int number) {
        assertThat(type(action) & RequestLayout.FD_IS_SOURCE).as("is a source").isNotZero();
        int source = fd(action);
        assertThat(request.source(source, RequestLayout.SOURCE_KIND))
                .isEqualTo(RequestLayout.SOURCE_DESCRIPTOR);
        assertThat(request.source(source, RequestLayout.SOURCE_FD)).isEqualTo(number);
    }

    @Test
    void makesASourceOfADescriptorOfTheJvm() {
        actions.dup2(OF_THE_JVM, 5);

        assertIsSource(0, OF_THE_JVM);
        assertThat(newFd(0)).isEqualTo(5);
    }

    @Test
    void takesANumberThatAStepHasMadeForTheChilds() {
        actions.dup2(OF_THE_JVM, 5);
        actions.dup2(5, 6);

        assertThat(type(1)).isEqualTo(RequestLayout.DUP2);
        assertThat(fd(1)).isEqualTo(5);
    }

    @Test
    void takesANumberThatARangeHasClosedForTheChilds() {
        actions.closeRange(30, 50);
        actions.fchdir(OF_THE_JVM);

        assertThat(type(1)).isEqualTo(RequestLayout.FCHDIR);
        assertThat(fd(1)).isEqualTo(OF_THE_JVM);
    }

    @Test
    void takesTheStandardStreamsForTheChildsFromTheBeginning() {
        actions.dup2(1, 5);

        assertThat(type(0)).isEqualTo(RequestLayout.DUP2);
        assertThat(fd(0)).isEqualTo(1);
    }

    @Test
    void refusesToCloseWhatAStepHasClosed() throws Exception {
        actions.dup2(OF_THE_JVM, 5);
        actions.close(5);
        actions.index(2);

        assertThatThrownBy(() -> actions.close(5))
                .isInstanceOfSatisfying(
                        LaunchException.class,
                        failure -> {
                            assertThat(failure.errno()).isEqualTo(Errno.EBADF);
                            assertThat(failure.index()).isEqualTo(2);
                        });
    }

    @Test
    void opensAFileInADirectoryOfTheJvm() {
        actions.open(OF_THE_JVM, new byte[] {'f', 0}, 7, 01, 0600, 8);

        assertIsSource(0, OF_THE_JVM);
        assertThat(type(0) & ~RequestLayout.FD_IS_SOURCE).isEqualTo(RequestLayout.OPEN);
        assertThat(newFd(0)).isEqualTo(7);
        assertThat(request.action(0, RequestLayout.ACTION_FLAGS)).isEqualTo(01);
        assertThat(request.action(0, RequestLayout.ACTION_MODE)).isEqualTo(0600);
        assertThat(request.action(0, RequestLayout.ACTION_VALUE)).isEqualTo(8);
        assertThat(request.text(request.action(0, RequestLayout.ACTION_TEXT)))
                .containsExactly('f', 0);
    }

    @Test
    void opensAFileInTheChildsDirectory() {
        actions.open(AT_FDCWD, new byte[] {'f', 0}, 7, 0, 0, 0);

        assertThat(type(0)).isEqualTo(RequestLayout.OPEN);
        assertThat(fd(0)).isEqualTo(AT_FDCWD);
    }

    @Test
    void writesBothHalvesOfASetOfSignals() {
        actions.sigmask(0x1234_5678_9abc_def0L);

        assertThat(request.action(0, RequestLayout.ACTION_VALUE)).isEqualTo(0x9abc_def0);
        assertThat(request.action(0, RequestLayout.ACTION_VALUE + Integer.BYTES))
                .isEqualTo(0x1234_5678);
    }

    @Test
    void closesAllBetweenWhatStaysOpen() {
        actions.dup2(OF_THE_JVM, 5);
        actions.dup2(OF_THE_JVM, 9);

        actions.closeOthers();

        assertThat(range(2)).containsExactly(3, 4);
        assertThat(range(3)).containsExactly(6, 8);
        assertThat(range(4)).containsExactly(10, TOP);
    }

    @Test
    void closesNothingTwiceWhereThereIsNoGap() {
        actions.dup2(OF_THE_JVM, 3);
        actions.dup2(OF_THE_JVM, 4);

        actions.closeOthers();

        assertThat(range(2)).containsExactly(5, TOP);
    }

    @Test
    void closesAllButSome() {
        actions.closeAllBut(new TreeSet<>(List.of(0, 4, 5)));

        assertThat(range(0)).containsExactly(1, 3);
        assertThat(range(1)).containsExactly(6, TOP);
    }

    @Test
    void marksWithAnIndexOnlyWhatTheCallerHasAskedFor() {
        actions.index(3);
        actions.sigdefault(1);
        actions.closeOthers();

        assertThat(request.action(0, RequestLayout.ACTION_INDEX)).isEqualTo(3);
        assertThat(request.action(1, RequestLayout.ACTION_INDEX)).isEqualTo(RequestLayout.NO_INDEX);
    }

    @Test
    void refusesMoreStepsThanThereIsRoomFor() {
        for (int i = 0; i < 8; i++) {
            actions.inherit(0);
        }

        assertThatThrownBy(() -> actions.inherit(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("more than 8 actions");
    }
}
