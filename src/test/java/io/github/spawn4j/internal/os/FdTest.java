// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A descriptor is used while it is open, and closed once. */
class FdTest {
    @Test
    void staysClosedWhateverIsReleasedAfterAnAcquireThatFailed() throws Exception {
        Fd fd = Io.eventFd();
        fd.close();

        int number = fd.acquire();
        fd.release(number);

        assertThat(number).isEqualTo(-1);
        assertThat(fd.isOpen()).isFalse();
        assertThat(fd.acquire()).isEqualTo(-1);
    }

    @Test
    void refusesAReleaseOfWhatNobodyUses() throws Exception {
        try (Fd fd = Io.eventFd()) {
            assertThatThrownBy(() -> fd.release(fd.number()))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(fd.isOpen()).isTrue();
        }
    }

    @Test
    void isClosedWhenItsLastUserHasLeft() throws Exception {
        Fd fd = Io.eventFd();
        int number = fd.acquire();

        fd.close();
        assertThat(Io.isOpen(number)).isTrue();

        fd.release(number);
        assertThat(Io.isOpen(number)).isFalse();
    }

    @Test
    void aReservedPlaceIsClosedUntilItIsOpened() throws Exception {
        Fd place = Fd.reserved();
        assertThat(place.acquire()).isEqualTo(-1);
        place.close();

        try (Fd other = Io.eventFd()) {
            place.open(Io.duplicate(other.number()).number());
        }

        int number = place.acquire();
        assertThat(Io.isOpen(number)).isTrue();
        place.release(number);
        place.close();
        assertThat(Io.isOpen(number)).isFalse();
    }

    @Test
    void isClosedByItsOwnerAlone() throws Exception {
        Fd fd = Io.eventFd();
        fd.own();
        int number = fd.acquire();
        assertThat(Io.isOwn(number)).isTrue();

        fd.closeIfOwn();
        assertThat(fd.isOpen()).isFalse();
        assertThat(Io.isOpen(number)).isTrue();

        fd.release(number);
        assertThat(Io.isOpen(number)).isFalse();
    }

    @Test
    void leavesItsNumberToWhoeverHasTakenIt() throws Exception {
        Fd fd = Io.eventFd();
        fd.own();
        int number = fd.acquire();
        new Fd(number).close(); // as careless native code does
        try (Fd theirs = Io.eventFd()) {
            assertThat(theirs.number()).isEqualTo(number);

            fd.closeIfOwn();
            fd.release(number);
            fd.close();

            assertThat(fd.isOpen()).isFalse();
            assertThat(Io.isOpen(number)).isTrue();
        }
    }

    @Test
    void opensNothingWhereTheCallFails() {
        assertThatThrownBy(() -> Fd.reserved("open").opened("open", -Errno.EMFILE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("open: EMFILE");
    }
}
