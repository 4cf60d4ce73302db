// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.io.FileDescriptor;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors of the JVM that a child has under other numbers. */
@Timeout(60)
class MappedDescriptorsTest {
    private static final int EBADF = 9;

    @TempDir private Path folder;

    /** The files behind the child's descriptors from 3 on, as many as there are of ours. */
    private static List<String> targets(EmptyProcess process, List<Integer> theirs)
            throws Exception {
        ProbeReport report = Probe.report(process);
        assertThat(report.descriptors().keySet())
                .containsAll(theirs)
                .hasSize(3 + theirs.size()); // and no others
        return theirs.stream().map(fd -> report.descriptors().get(fd).target()).toList();
    }

    @ForEachStrategy
    void changePlaces(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 2);
        try {
            int first = files.get(0).number();
            int second = files.get(1).number();
            EmptyProcess process = Probe.with(strategy).mapFd(first, second).mapFd(second, first);
            assertThat(targets(process, List.of(first, second)))
                    .containsExactly(files.get(1).target(), files.get(0).target());
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachStrategy
    void stayWhereTheyAreAndAreHadTwice(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(folder.resolve("file"))) {
            int fd = file.number();
            EmptyProcess process =
                    Probe.with(strategy).mapFd(fd, fd).mapFd(fd, fd + 1).mapFd(fd, 300);
            assertThat(targets(process, List.of(fd, fd + 1, 300))).containsOnly(file.target());
        }
    }

    /** Overlapping, in circles, with low and with high numbers. */
    @ForEachStrategy
    void areAnyPermutation(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 7);
        Random random = new Random(14);
        try {
            for (int round = 0; round < 8; round++) {
                EmptyProcess process = Probe.with(strategy);
                List<Integer> theirs = new ArrayList<>();
                List<String> expected = new ArrayList<>();
                List<OpenFile> targets = new ArrayList<>(files);
                java.util.Collections.shuffle(targets, random);
                for (int i = 0; i < files.size(); i++) {
                    int number = round % 2 == 0 ? targets.get(i).number() : 3 + i * (1 + round * 4);
                    theirs.add(number);
                    expected.add(files.get(i).target());
                    process.mapFd(files.get(i).number(), number);
                }
                assertThat(targets(process, theirs)).isEqualTo(expected);
            }
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachStrategy
    void areWhatLaterActionsMean(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(folder.resolve("file"))) {
            EmptyProcess process =
                    Probe.with(strategy)
                            .mapFd(file.number(), 7)
                            .action(SpawnAction.dup2(7, 8))
                            .action(SpawnAction.close(7));
            assertThat(targets(process, List.of(8))).containsExactly(file.target());
        }
    }

    @Test
    void belongToATemplateKeptWarm() throws Exception {
        try (OpenFile file = OpenFile.file(folder.resolve("file"));
                SpawnTemplate template =
                        SpawnTemplate.builder(Probe.PROGRAM)
                                .mapFd(file.number(), 5)
                                .warm(KeptWarm.PATIENT)
                                .build()) {
            KeptWarm.settled(template);
            assertThat(targets(template.prepare(), List.of(5))).containsExactly(file.target());
            assertThat(targets(template.prepare().mapFd(file.number(), 6), List.of(5, 6)))
                    .containsOnly(file.target());
        }
    }

    @Test
    void areFilesThatTheChildOpens() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        EmptyProcess process =
                PidfdProcess.builder("sh", "-c", "cat <&3; echo more >&4")
                        .mapFd(Redirect.from(file), 3)
                        .mapFd(Redirect.appendTo(folder.resolve("out")), 4);
        assertThat(Probe.text(process)).isEqualTo("text");
        assertThat(folder.resolve("out")).hasContent("more\n");
    }

    // What the JDK has open

    @Test
    void areChannelsAndDescriptorsOfTheJdk() throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "text");
        Pipe pipe = Pipe.open();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            EmptyProcess process =
                    Probe.with(SpawnStrategy.CLONE3)
                            .mapFd(Redirect.channel(channel), 3)
                            .mapFd(Redirect.descriptor(file.getFD()), 4)
                            .mapFd(Redirect.channel(pipe.sink()), 5)
                            .mapFd(Redirect.channel(pipe.source()), 6);
            List<String> targets = targets(process, List.of(3, 4, 5, 6));
            assertThat(targets.subList(0, 2)).containsOnly(path.toRealPath().toString());
            assertThat(targets.subList(2, 4)).allMatch(target -> target.startsWith("pipe:"));
        } finally {
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @Test
    void areSocketsAsStreams() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel client = SocketChannel.open(server.getLocalSocketAddress());
                Socket accepted = server.accept()) {
            client.socket().getOutputStream().write("through a socket\n".getBytes());
            PidfdProcess cat =
                    PidfdProcess.builder("head", "-n1")
                            .stdin(Redirect.socket(accepted))
                            .stdout(Redirect.socket(accepted))
                            .start();
            assertThat(cat.waitFor()).isZero();
            byte[] echoed = client.socket().getInputStream().readNBytes(17);
            assertThat(echoed).asString().isEqualTo("through a socket\n");

            PidfdProcess echo =
                    PidfdProcess.builder("echo", "back").stdout(Redirect.channel(client)).start();
            assertThat(echo.waitFor()).isZero();
            assertThat(accepted.getInputStream().readNBytes(5)).asString().isEqualTo("back\n");
        }
    }

    @Test
    void areRefusedOnceTheyAreClosed() throws Exception {
        FileChannel channel =
                FileChannel.open(
                        Files.writeString(folder.resolve("file"), ""), StandardOpenOption.READ);
        EmptyProcess process = PidfdProcess.builder("true").mapFd(Redirect.channel(channel), 3);
        channel.close();
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e.step()).isEqualTo("dup");
        assertThat(e.errno()).isEqualTo(EBADF);
    }

    @Test
    void areRefusedWhereTheyCanBeNone() {
        EmptyProcess process = PidfdProcess.builder("true");
        assertThatThrownBy(() -> process.mapFd(Redirect.PIPE, 3))
                .hasMessage("a pipe can only be a standard stream");
        assertThatThrownBy(() -> process.mapFd(0, 2))
                .hasMessage("descriptor 2 of the child is a standard stream");
        assertThatThrownBy(() -> process.mapFd(-1, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Redirect.socket(new Socket()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Redirect.descriptor((FileDescriptor) null))
                .isInstanceOf(NullPointerException.class);
    }
}
