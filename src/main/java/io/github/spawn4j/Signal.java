// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A Linux signal number, 1 to 64, with the name that signal(7) gives it.
 *
 * <p>The standard signals are constants here; real-time signals are made by {@link #of(int)}.
 * Numbers are those of x86-64 and aarch64. Immutable.
 *
 * <pre>{@code
 * process.signal(Signal.HUP);
 * process.signal(Signal.of(34)); // SIGRTMIN
 * }</pre>
 *
 * @param number the signal number, 1 to 64
 */
public record Signal(int number) implements Comparable<Signal> {
    /** Hangup of the controlling terminal, or a request to reload. */
    public static final Signal HUP = new Signal(1);

    /** Interrupt from the keyboard. */
    public static final Signal INT = new Signal(2);

    /** Quit from the keyboard, with a core dump. */
    public static final Signal QUIT = new Signal(3);

    /** Illegal instruction. */
    public static final Signal ILL = new Signal(4);

    /** Trace or breakpoint trap. */
    public static final Signal TRAP = new Signal(5);

    /** Abort, from abort(3). */
    public static final Signal ABRT = new Signal(6);

    /** Bus error. */
    public static final Signal BUS = new Signal(7);

    /** Floating-point exception. */
    public static final Signal FPE = new Signal(8);

    /** Kill; cannot be caught, blocked or ignored. */
    public static final Signal KILL = new Signal(9);

    /** User-defined signal 1. */
    public static final Signal USR1 = new Signal(10);

    /** Invalid memory reference. */
    public static final Signal SEGV = new Signal(11);

    /** User-defined signal 2. */
    public static final Signal USR2 = new Signal(12);

    /** Write to a pipe without readers. */
    public static final Signal PIPE = new Signal(13);

    /** Timer from alarm(2). */
    public static final Signal ALRM = new Signal(14);

    /** The polite request to end. */
    public static final Signal TERM = new Signal(15);

    /** Stack fault on a coprocessor (unused). */
    public static final Signal STKFLT = new Signal(16);

    /** A child stopped or ended. */
    public static final Signal CHLD = new Signal(17);

    /** Continue if stopped. */
    public static final Signal CONT = new Signal(18);

    /** Stop; cannot be caught, blocked or ignored. */
    public static final Signal STOP = new Signal(19);

    /** Stop typed at the terminal. */
    public static final Signal TSTP = new Signal(20);

    /** Terminal input for a background process. */
    public static final Signal TTIN = new Signal(21);

    /** Terminal output for a background process. */
    public static final Signal TTOU = new Signal(22);

    /** Urgent condition on a socket. */
    public static final Signal URG = new Signal(23);

    /** Limit on CPU time exceeded. */
    public static final Signal XCPU = new Signal(24);

    /** Limit on file size exceeded. */
    public static final Signal XFSZ = new Signal(25);

    /** Virtual alarm clock. */
    public static final Signal VTALRM = new Signal(26);

    /** Profiling timer. */
    public static final Signal PROF = new Signal(27);

    /** The terminal window changed its size. */
    public static final Signal WINCH = new Signal(28);

    /** Input or output is possible. */
    public static final Signal IO = new Signal(29);

    /** Power failure. */
    public static final Signal PWR = new Signal(30);

    /** Bad system call, or one that a seccomp filter refused. */
    public static final Signal SYS = new Signal(31);

    private static final int LAST = 64;
    private static final int FIRST_REAL_TIME = 34;

    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
    };

    private static final Map<String, Integer> NUMBERS = numbers();

    /**
     * Checks the number.
     *
     * @param number 1 to 64
     * @throws IllegalArgumentException if {@code number} is not in 1 to 64
     */
    public Signal {
        if (number < 1 || number > LAST) {
            throw new IllegalArgumentException("signal " + number + " is not in 1 to " + LAST);
        }
    }

    /**
     * The signal with this number.
     *
     * @param number 1 to 64
     * @return the signal
     * @throws IllegalArgumentException if {@code number} is out of range
     */
    public static Signal of(int number) {
        return new Signal(number);
    }

    /**
     * The standard signal with this name, with or without {@code SIG} in front.
     *
     * @param name such as {@code TERM} or {@code SIGTERM}
     * @return the signal
     * @throws IllegalArgumentException if no standard signal bears the name
     */
    public static Signal of(String name) {
        Objects.requireNonNull(name, "name");
        Integer number = NUMBERS.get(name.startsWith("SIG") ? name.substring(3) : name);
        if (number == null) {
            throw new IllegalArgumentException("no signal is named \"" + name + "\"");
        }
        return new Signal(number);
    }

    /**
     * The name as signal(7) spells it.
     *
     * @return {@code SIGTERM} and so on; {@code SIGRTMIN+n} from 34; {@code SIG32} and {@code
     *     SIG33} for the two that libc keeps
     */
    public String signalName() {
        if (number <= NAMES.length) {
            return "SIG" + NAMES[number - 1];
        }
        return number < FIRST_REAL_TIME ? "SIG" + number : "SIGRTMIN+" + (number - FIRST_REAL_TIME);
    }

    @Override
    public int compareTo(Signal other) {
        return Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return signalName();
    }

    private static Map<String, Integer> numbers() {
        Map<String, Integer> numbers = new TreeMap<>();
        for (int i = 0; i < NAMES.length; i++) {
            numbers.put(NAMES[i], i + 1);
        }
        return numbers;
    }
}
