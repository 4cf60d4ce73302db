// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What {@link WarmSame} starts: real commands, and the environments they are given. */
final class WarmCommands {
    /** What memory and the scheduler count. */
    private static final Pattern COUNTED =
            Pattern.compile("(?m)^(Vm|Rss|SigQ|voluntary|nonvoluntary).*\n");

    /** Fields of /proc/PID/stat: those of signals, scheduling, and who the process is. */
    private static final String STAT =
            "{ print $2, $4, $5, $6, $7, $8, $18, $19, $20, $21, $31, $32, $33, $34, $38, $40, $41 }";

    /** Entries of the auxiliary vector that are numbers; the others are addresses. */
    private static final String AUXV =
            "my %a = unpack 'Q*', do { local $/; open my $f, '<', '/proc/self/auxv'; <$f> };"
                    + " print \"$_=$a{$_}\\n\""
                    + " for grep { !/^(3|7|9|15|25|31|33)$/ } sort { $a <=> $b } keys %a";

    private WarmCommands() {}

    /**
     * A command.
     *
     * @param isWarm whether it can be started warm
     */
    record Command(boolean isWarm, List<String> words) {
        String program() {
            return words.get(0);
        }

        boolean isInstalled() {
            return Files.isExecutable(Path.of(program()));
        }

        @Override
        public String toString() {
            return String.join(" ", words);
        }
    }

    /**
     * What differs between two cold starts: its pid, the numbers of its pipes, and in {@code
     * /proc/self/status} what memory and the scheduler count.
     */
    static String normalised(String output, long pid) {
        String text = withoutPid(output, pid).replaceAll("pipe:\\[\\d+\\]", "pipe");
        return COUNTED.matcher(text).replaceAll("");
    }

    static String withoutPid(String output, long pid) {
        return output.replaceAll("\\b" + pid + "\\b", "SELF");
    }

    /** The most telling ones. */
    static List<Command> some() {
        List<Command> commands = new ArrayList<>();
        addProc(commands);
        addShells(commands);
        return commands;
    }

    /**
     * All of them.
     *
     * @param folder where programs and scripts lie that were made for this, {@code warm-*} and
     *     {@code cold-*}
     */
    static List<Command> all(Path folder) throws Exception {
        List<Command> commands = some();
        addTools(commands);
        addLanguages(commands);
        try (var made = Files.list(folder)) {
            made.sorted()
                    .forEach(
                            file -> {
                                boolean isWarm = file.getFileName().toString().startsWith("warm-");
                                commands.add(
                                        new Command(
                                                isWarm, List.of(file.toString(), "a b", "", "c")));
                            });
        }
        return commands;
    }

    private static void warm(List<Command> to, String... words) {
        to.add(new Command(true, List.of(words)));
    }

    private static void cold(List<Command> to, String... words) {
        to.add(new Command(false, List.of(words)));
    }

    private static void addProc(List<Command> to) {
        warm(to, "/bin/cat", "/proc/self/cmdline");
        warm(to, "/bin/cat", "/proc/self/environ");
        warm(to, "/bin/cat", "/proc/self/comm", "/proc/self/limits", "/proc/self/cgroup");
        warm(to, "/bin/cat", "/proc/self/status");
        warm(
                to,
                "/bin/cat",
                "/proc/self/loginuid",
                "/proc/self/oom_score_adj",
                "/proc/self/coredump_filter",
                "/proc/self/personality",
                "/proc/self/timerslack_ns",
                "/proc/self/mountinfo",
                "/proc/self/uid_map",
                "/proc/self/setgroups",
                "/proc/self/attr/current");
        warm(to, "/usr/bin/awk", STAT, "/proc/self/stat");
        warm(to, "/usr/bin/perl", "-e", AUXV);
        warm(
                to,
                "/usr/bin/readlink",
                "/proc/self/exe",
                "/proc/self/cwd",
                "/proc/self/root",
                "/proc/self/fd/0",
                "/proc/self/fd/1",
                "/proc/self/ns/mnt",
                "/proc/self/ns/pid",
                "/proc/self/ns/pid_for_children",
                "/proc/self/ns/net",
                "/proc/self/ns/user",
                "/proc/self/ns/time",
                "/proc/self/ns/cgroup");
        warm(to, "/bin/ls", "/proc/self/fd", "/proc/self/task");
        warm(to, "/bin/ls", "/no/such/file");
    }

    private static void addShells(List<Command> to) {
        warm(to, "/bin/bash", "-c", "declare -x; echo $BASH $SHLVL $- $BASH_EXECUTION_STRING $_");
        warm(to, "/bin/bash", "-c", "ulimit -a; ulimit -Ha; umask; trap -p; echo $PPID $$");
        warm(to, "/bin/bash", "-c", "cat <(echo sub) | tr a-z A-Z; wait; exit 300");
        warm(to, "/bin/sh", "-c", "echo $0 $# \"$@\"; set; exit 3", "name", "1", "");
        warm(to, "/bin/sh", "-c", "kill -TERM $$");
        warm(to, "/bin/sh", "-c", "ulimit -c 0; kill -SEGV $$");
        warm(to, "/bin/sh", "-c", "echo out; echo err >&2; exec sed -n 1p /etc/passwd");
        cold(to, "/usr/bin/su", "--version");
        cold(to, "/sbin/ldconfig", "--version");
    }

    private static void addTools(List<Command> to) {
        warm(to, "/bin/true");
        warm(to, "/bin/false");
        warm(to, "/bin/echo", "-n", "two words", "", "end");
        warm(to, "/usr/bin/env");
        warm(to, "/usr/bin/printenv");
        warm(to, "/usr/bin/id");
        warm(to, "/usr/bin/grep", "-c", "root", "/etc/passwd");
        warm(to, "/usr/bin/sed", "-n", "s/root/toor/p", "/etc/passwd");
        warm(to, "/usr/bin/awk", "BEGIN { for (k in ENVIRON) n++; print n, ARGC, ARGV[1] }", "x");
        warm(to, "/usr/bin/find", "/etc", "-maxdepth", "1", "-name", "p*");
        warm(to, "/usr/bin/find", "/etc", "-maxdepth", "0", "-exec", "/bin/echo", "{}", ";");
        warm(to, "/usr/bin/xargs", "/bin/echo", "from xargs");
        warm(to, "/usr/bin/sort", "-r", "/etc/passwd");
        warm(to, "/usr/bin/sort", "--parallel=4", "-S", "1M", "/etc/services");
        warm(to, "/usr/bin/wc", "/etc/passwd");
        warm(to, "/usr/bin/date", "-d", "@0");
        warm(to, "/usr/bin/tar", "-cf", "-", "-C", "/etc", "passwd", "group");
        warm(to, "/usr/bin/xz", "-c", "/etc/passwd");
        warm(to, "/usr/bin/gzip", "-nc", "/etc/passwd");
        warm(to, "/usr/bin/zstd", "-qc", "/etc/passwd");
        warm(to, "/usr/bin/openssl", "dgst", "-sha256", "/etc/passwd");
        warm(to, "/usr/bin/ssh", "-V");
        warm(to, "/usr/bin/curl", "--version");
        warm(to, "/usr/bin/curl", "-sS", "file:///etc/passwd");
        warm(to, "/usr/bin/jq", "-n", "env | length, $__prog_args?");
        warm(to, "/usr/bin/bc", "--version");
        warm(to, "/usr/bin/diff", "/etc/passwd", "/etc/group");
        warm(to, "/usr/bin/file", "/bin/sh");
        warm(to, "/usr/bin/stat", "-c", "%n %s %U %a", "/etc/passwd");
        warm(to, "/usr/bin/locale");
        warm(to, "/usr/bin/iconv", "-f", "UTF-8", "-t", "UTF-16", "/etc/passwd");
        warm(to, "/usr/bin/uname", "-a");
        warm(to, "/usr/bin/nproc");
        warm(to, "/usr/bin/tty");
        warm(to, "/usr/bin/nice", "-n", "3", "/usr/bin/nice");
        warm(to, "/usr/bin/timeout", "10", "/bin/sh", "-c", "echo $PPID; kill $$");
        warm(to, "/usr/bin/setsid", "-w", "/bin/echo", "in a session");
        warm(to, "/usr/bin/getconf", "ARG_MAX");
        warm(to, "/usr/bin/make", "--version");
        warm(to, "/usr/bin/dpkg", "--print-architecture");
        warm(to, "/usr/bin/ps", "-o", "pid,ppid,pgid,sid,tty,nice,comm,args", "-C", "nothing");
    }

    private static void addLanguages(List<Command> to) {
        warm(to, "/usr/bin/git", "--version");
        warm(to, "/usr/bin/git", "config", "--list");
        warm(to, "/usr/bin/git", "status");
        warm(to, "/usr/bin/gcc", "-v");
        warm(to, "/usr/bin/gcc", "-dM", "-E", "-x", "c", "/dev/null");
        warm(to, "/usr/bin/g++", "-print-search-dirs");
        warm(to, "/usr/bin/ld", "--verbose");
        warm(to, "/usr/bin/rg", "-c", "root", "/etc/passwd");
        warm(
                to,
                "/usr/bin/perl",
                "-e",
                "print \"$0 $^X @ARGV\\n\"; print map {\"$_=$ENV{$_}\\n\"}"
                        + " sort keys %ENV; exit 7",
                "x");
        warm(
                to,
                "/usr/bin/perl",
                "-e",
                "$SIG{ALRM} = sub { print \"alarm\\n\"; exit 5 };" + " kill ALRM => $$; sleep 1");
        warm(to, "/usr/bin/perl", "-MPOSIX", "-e", "POSIX::abort()");
        warm(
                to,
                "/usr/bin/python3.11",
                "-c",
                "import sys, os; print(sys.argv, sys.executable,"
                        + " sorted(os.environb.items()), sys.flags, sys.getfilesystemencoding())",
                "x");
        warm(
                to,
                "/usr/bin/python3.11",
                "-c",
                "import threading, ctypes, ssl, sqlite3;"
                        + " t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()");
        warm(
                to,
                "/usr/bin/python3.11",
                "-c",
                "import resource, signal, os;"
                        + " print([resource.getrlimit(i) for i in range(16)], signal.getsignal(13),"
                        + " os.sched_getaffinity(0), os.getpgid(0) == os.getpgid(os.getppid()))");
        warm(to, "/usr/bin/python3.11", "-c", "raise ValueError('on purpose')");
        warm(
                to,
                "/usr/bin/node",
                "-p",
                "[process.argv0, process.execPath, process.argv,"
                        + " Object.keys(process.env).length].join()",
                "x");
        warm(to, "/usr/bin/tclsh", "/no/such/script");
        warm(to, System.getProperty("java.home") + "/bin/java", "-XshowSettings:none", "-version");
        warm(to, "/usr/bin/env", "-i", "/bin/sh", "-c", "set");
        warm(to, "/usr/bin/vim", "--version");
        warm(to, "/usr/bin/strace", "--version");
    }

    /** By name. */
    static Map<String, Map<String, String>> environments() {
        Map<String, Map<String, String>> environments = new LinkedHashMap<>();
        Map<String, String> usual = new LinkedHashMap<>();
        usual.put("PATH", "/usr/bin:/bin");
        usual.put("HOME", "/tmp");
        usual.put("TERM", "dumb");
        environments.put("empty", Map.of());
        environments.put("usual", usual);
        environments.put("locale", with(usual, "LC_ALL", "C.UTF-8", "TZ", "Europe/Berlin"));
        environments.put(
                "linker",
                with(
                        usual,
                        "LD_LIBRARY_PATH",
                        "/tmp",
                        "LD_BIND_NOW",
                        "1",
                        "GLIBC_TUNABLES",
                        "glibc.malloc.check=0",
                        "MALLOC_PERTURB_",
                        "7"));
        Map<String, String> huge = with(usual, "LC_ALL", "C");
        for (int i = 0; i < 200; i++) {
            huge.put("VARIABLE_" + i, "value ".repeat(40) + i);
        }
        environments.put("huge", huge);
        environments.put(
                "odd",
                with(
                        usual,
                        "EMPTY",
                        "",
                        "LINES_",
                        "a\nb\n",
                        "CONTROL",
                        "\u0001\t\u001b[0m",
                        "WIDE",
                        "\u00e4\u20ac\ud83d\ude00",
                        "a.b-c",
                        "=",
                        "IFS",
                        "x"));
        return environments;
    }

    private static Map<String, String> with(Map<String, String> usual, String... more) {
        Map<String, String> variables = new LinkedHashMap<>(usual);
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return variables;
    }
}
