// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is watched is told, whatever happens to the reactor meanwhile. */
@Timeout(60)
class ReactorTest {
    private static final Pattern DESCRIPTORS =
            Pattern.compile("epoll fd (\\d+), woken by fd (\\d+)");

    private static final int MORE_THAN_A_TURN_DOES = 100;

    @AfterEach
    void withoutFaults() {
        Faults.plan(null);
    }

    /** An eventfd that is watched until something can be read. */
    private static final class Watched implements AutoCloseable {
        private final Fd fd;
        private final Registration registration;
        private final Semaphore told = new Semaphore(0);
        private final AtomicReference<Error> next = new AtomicReference<>();

        Watched() throws IOException {
            fd = Io.eventFd();
            registration = new Registration(fd, this::ready);
            registration.arm(Io.POLLIN);
        }

        private void ready(int events) {
            Error failure = next.getAndSet(null);
            if (failure != null) {
                throw failure;
            }
            told.release();
        }

        void failOnceWith(Error failure) {
            next.set(failure);
        }

        void makeReadable() {
            Io.wake(fd.number());
        }

        void assertTold() throws InterruptedException {
            assertThat(told.tryAcquire(10, SECONDS)).as("told").isTrue();
        }

        @Override
        public void close() {
            registration.forget();
            fd.close();
        }
    }

    @Test
    void tellsAnEventAgainWhoseHandlerHasFailed() throws Exception {
        try (Watched watched = new Watched()) {
            watched.failOnceWith(new OutOfMemoryError("none for now"));

            watched.makeReadable();

            watched.assertTold();
        }
    }

    @Test
    void survivesAStackOverflowInAHandler() throws Exception {
        try (Watched watched = new Watched();
                Watched other = new Watched()) {
            watched.failOnceWith(new StackOverflowError("deep"));

            watched.makeReadable();
            other.makeReadable();

            watched.assertTold();
            other.assertTold();
        }
    }

    @Test
    void takesAFailureOfADescriptorForItsOwn() throws Exception {
        Loop before = Succession.get();
        Fd closedBehindOurBack = Io.eventFd();
        new Fd(closedBehindOurBack.number()).close();
        Registration registration = new Registration(closedBehindOurBack, events -> {});

        assertThatThrownBy(() -> registration.arm(Io.POLLIN))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("EBADF");

        registration.forget();
        assertThat(Succession.get()).isSameAs(before);
    }

    @Test
    void movesAllThatIsWatchedWhenSomebodyHasClosedItsEpollInstance() throws Exception {
        try (Watched watched = new Watched();
                Watched unarmed = new Watched()) {
            unarmed.makeReadable();
            unarmed.assertTold();
            Loop before = Succession.get();

            closeBoth(before);
            try (Watched other = new Watched()) {
                assertThat(Succession.get()).isNotSameAs(before);
                watched.makeReadable();
                watched.assertTold();
                unarmed.registration.arm(Io.POLLIN);
                unarmed.assertTold();
                other.makeReadable();
                other.assertTold();
            }
        }
    }

    @Test
    void doesNotTakeAnotherEpollInstanceForItsOwn() throws Exception {
        try (Watched watched = new Watched()) {
            Loop before = Succession.get();
            int number = close(before, 1);
            // Whatever gets the number: here an eventfd, which knows nothing of epoll_ctl(2).
            List<Fd> theirs = openUpTo(number);
            try (Watched other = new Watched()) {
                assertThat(theirs.get(theirs.size() - 1).number())
                        .as("the number that was closed")
                        .isEqualTo(number);
                watched.makeReadable();
                watched.assertTold();
                other.makeReadable();
                other.assertTold();
            } finally {
                theirs.forEach(Fd::close);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void leavesNothingOpenWhenItHasLostOneOfItsDescriptors(int which) throws Exception {
        try (Watched watched = new Watched()) {
            Loop before = Succession.get();
            Thread thread = thread();
            Map<String, Long> descriptors = descriptors();
            Reactor.soon(nothing()); // so that it does not sleep for long
            int lost = close(before, which);

            List<Fd> theirs = openUpTo(lost);
            Reactor.schedule(0, () -> {}); // who comes next finds out
            thread.join(SECONDS.toMillis(20));
            assertThat(thread.isAlive()).as("thread of the lost reactor").isFalse();
            assertThat(theirs).allMatch(fd -> Io.isOpen(fd.number()));
            theirs.forEach(Fd::close);

            assertThat(Succession.get()).isNotSameAs(before);
            assertThat(descriptors()).isEqualTo(descriptors);
            watched.makeReadable();
            watched.assertTold();
        }
    }

    /** Takes all free numbers up to {@code number}, as an application that opens many files. */
    private static List<Fd> openUpTo(int number) throws IOException {
        List<Fd> opened = new ArrayList<>();
        do {
            opened.add(Io.eventFd());
        } while (opened.get(opened.size() - 1).number() < number);
        return opened;
    }

    /** How many descriptors there are of the kinds that a reactor has. */
    private static Map<String, Long> descriptors() throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path entry : entries) {
                if (Files.isSymbolicLink(entry)) {
                    String target = Files.readSymbolicLink(entry).toString();
                    if (target.matches("anon_inode:\\[event(fd|poll)\\]")) {
                        counts.merge(target, 1L, Long::sum);
                    }
                }
            }
        }
        return counts;
    }

    /** Nobody else calls the library meanwhile, who would make another one. */
    @Test
    void movesAllThatIsWatchedByItselfWhenDescriptorsAreThereAgain() throws Exception {
        try (Watched watched = new Watched()) {
            Loop before = Succession.get();
            CountDownLatch refusals = new CountDownLatch(3);
            AtomicBoolean refusing = new AtomicBoolean(true);
            Faults.plan(
                    new Faults.Plan() {
                        @Override
                        public void call(String name) throws IOException {
                            if (name.equals("epoll_create1") && refusing.get()) {
                                refusals.countDown();
                                throw new ErrnoException(name, Errno.EMFILE);
                            }
                        }

                        @Override
                        public void resource(String what) {}
                    });

            closeBoth(before);
            assertThatThrownBy(() -> Reactor.schedule(0, () -> {}))
                    .isInstanceOf(ErrnoException.class)
                    .hasMessageContaining("EMFILE");
            assertThat(refusals.await(20, SECONDS)).as("it tries again and again").isTrue();
            refusing.set(false);
            watched.makeReadable();

            watched.assertTold();
        }
    }

    @Test
    void doesItsChoresThoughItIsLostAndNoOtherCanBeMadeForAWhile() throws Exception {
        Loop before = Succession.get();
        AtomicBoolean refusing = new AtomicBoolean(true);
        CountDownLatch refusals = new CountDownLatch(MORE_THAN_A_TURN_DOES);
        CountDownLatch left = new CountDownLatch(MORE_THAN_A_TURN_DOES);
        Faults.plan(
                new Faults.Plan() {
                    @Override
                    public void call(String name) throws IOException {
                        if (refusing.get() && name.equals("epoll_create1")) {
                            refusals.countDown();
                            throw new ErrnoException(name, Errno.EMFILE);
                        }
                    }

                    @Override
                    public void resource(String what) {}
                });

        // As the last thing that is watched.
        Reactor.schedule(
                0,
                () -> {
                    for (int i = 0; i < MORE_THAN_A_TURN_DOES; i++) {
                        Reactor.afterwards(chore(left::countDown));
                    }
                    closeBoth(before);
                });
        refusals.await(2, SECONDS); // more often than for each chore, or never any more
        refusing.set(false);

        assertThat(left.await(10, SECONDS)).as("chores are done").isTrue();
    }

    @Test
    void passesOverEventsOfWhoeverHasTakenTheNumberOfItsEpollInstance() {
        assertThat(Registrations.find(-1)).isNull();
        assertThat(Registrations.find(Long.MAX_VALUE)).isNull();
        assertThat(Registrations.find(0xffff_0000L)).isNull();
    }

    /** Closes one of its descriptors, as careless native code does. Returns the number. */
    private static int close(Loop reactor, int which) {
        int number = number(reactor, which);
        new Fd(number).close();
        return number;
    }

    private static void closeBoth(Loop reactor) {
        int epoll = number(reactor, 1);
        int wake = number(reactor, 2);
        new Fd(epoll).close();
        new Fd(wake).close();
    }

    private static int number(Loop reactor, int which) {
        Matcher matcher = DESCRIPTORS.matcher(reactor.toString());
        assertThat(matcher.find()).as(reactor.toString()).isTrue();
        return Integer.parseInt(matcher.group(which));
    }

    @Test
    void startsAnotherThreadByItselfWhenItsOwnDies() throws Exception {
        try (Watched watched = new Watched()) {
            Loop before = Succession.get();
            killThread(what -> {});

            watched.makeReadable();

            watched.assertTold();
            assertThat(Succession.get()).isSameAs(before);
        }
    }

    @Test
    void isGivenAnotherThreadByWhoeverComesNextIfNoneCouldBeHad() throws Exception {
        try (Watched watched = new Watched()) {
            killThread(
                    what -> {
                        if (what.equals("spawn4j-reactor")) {
                            throw new OutOfMemoryError("no thread for now");
                        }
                    });
            watched.makeReadable();
            Faults.plan(null);

            Reactor.schedule(0, () -> {});

            watched.assertTold();
        }
    }

    private static Chore nothing() {
        return chore(() -> {});
    }

    private static Chore chore(Runnable task) {
        return new Chore() {
            @Override
            protected void perform() {
                task.run();
            }
        };
    }

    /** Ends the thread by an error outside of every guard, as Thread.stop might. */
    private static void killThread(Consumer<String> then) throws Exception {
        CountDownLatch dead = new CountDownLatch(1);
        Thread[] victim = new Thread[1];
        Thread.UncaughtExceptionHandler quiet = (thread, e) -> dead.countDown();
        Faults.plan(
                new Faults.Plan() {
                    private boolean done;

                    @Override
                    public void call(String name) {}

                    @Override
                    public void resource(String what) {
                        if (what.equals("turn")
                                && !done
                                && Thread.currentThread().getName().equals("spawn4j-reactor")) {
                            done = true;
                            victim[0] = Thread.currentThread();
                            victim[0].setUncaughtExceptionHandler(quiet);
                            throw new InternalError("outside of every guard");
                        }
                        then.accept(what);
                    }
                });
        Reactor.soon(nothing());
        assertThat(dead.await(10, SECONDS)).as("the thread has died").isTrue();
        victim[0].join();
    }

    @Test
    void endsWhenThereIsNothingToWatchAndBeginsAnewWhenThereIs() throws Exception {
        Succession.get();
        Thread thread = thread();

        thread.join(SECONDS.toMillis(20));

        assertThat(thread.isAlive()).as("thread of an idle reactor").isFalse();
        try (Watched watched = new Watched()) {
            watched.makeReadable();
            watched.assertTold();
            assertThat(thread()).isNotSameAs(thread);
        }
    }

    @Test
    void keepsNoClassLoaderOfWhoeverComesFirst() throws Exception {
        Succession.get();

        assertThat(thread().getContextClassLoader()).isSameAs(ClassLoader.getSystemClassLoader());
    }

    private static Thread thread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("spawn4j-reactor"))
                .findFirst()
                .orElseThrow();
    }
}
