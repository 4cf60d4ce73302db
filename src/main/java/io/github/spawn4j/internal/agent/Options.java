// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import java.util.ArrayList;
import java.util.List;

/**
 * What is said behind {@code -javaagent:spawn4j.jar=}, parted by commas. Immutable.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><td>{@code includeClass=NAME}</td><td>takes over only what this class starts</td></tr>
 * <tr><td>{@code excludeClass=NAME}</td><td>leaves to the JDK what this class starts</td></tr>
 * <tr><td>{@code includeProgram=NAME}</td><td>takes over only starts of this program</td></tr>
 * <tr><td>{@code excludeProgram=NAME}</td><td>leaves starts of this program to the JDK</td></tr>
 * <tr><td>{@code report}</td><td>prints at the end of the JVM how many starts there were</td></tr>
 * </table>
 *
 * <p>Each but {@code report} may be there several times. In a name {@code *} stands for any
 * characters. The class is the one that calls {@code start} or {@code exec}, in full. A program is
 * compared as the command has it; a name without a slash also with the last part of its path.
 */
final class Options {
    private final List<Name> includedClasses = new ArrayList<>();
    private final List<Name> excludedClasses = new ArrayList<>();
    private final List<Name> includedPrograms = new ArrayList<>();
    private final List<Name> excludedPrograms = new ArrayList<>();
    private boolean isReported;

    private Options() {}

    /**
     * Reads them.
     *
     * @param text may be null
     * @throws IllegalArgumentException if one is not known
     */
    static Options parse(String text) {
        Options options = new Options();
        if (text != null && !text.isEmpty()) {
            for (String option : text.split(",", -1)) {
                options.add(option);
            }
        }
        return options;
    }

    private void add(String option) {
        int equals = option.indexOf('=');
        String value = option.substring(equals + 1);
        switch (equals < 0 ? option : option.substring(0, equals)) {
            case "includeClass" -> includedClasses.add(new Name(value));
            case "excludeClass" -> excludedClasses.add(new Name(value));
            case "includeProgram" -> includedPrograms.add(new Name(value));
            case "excludeProgram" -> excludedPrograms.add(new Name(value));
            case "report" -> isReported = true;
            default ->
                    throw new IllegalArgumentException(
                            "unknown option \""
                                    + option
                                    + "\" of the agent spawn4j; there are includeClass=,"
                                    + " excludeClass=, includeProgram=, excludeProgram= and"
                                    + " report");
        }
    }

    boolean isReported() {
        return isReported;
    }

    /** Whether it matters who starts a process. */
    boolean areOfClasses() {
        return !includedClasses.isEmpty() || !excludedClasses.isEmpty();
    }

    boolean takesClass(String name) {
        return takes(includedClasses, excludedClasses, name);
    }

    boolean takesProgram(String name) {
        return takes(includedPrograms, excludedPrograms, name);
    }

    private static boolean takes(List<Name> included, List<Name> excluded, String name) {
        return (included.isEmpty() || fits(included, name)) && !fits(excluded, name);
    }

    private static boolean fits(List<Name> names, String text) {
        for (Name name : names) {
            if (name.fits(text)) {
                return true;
            }
        }
        return false;
    }

    /** A name with {@code *} in it, or without. */
    private static final class Name {
        private final String pattern;

        Name(String pattern) {
            if (pattern.isEmpty()) {
                throw new IllegalArgumentException("an option of the agent spawn4j without a name");
            }
            this.pattern = pattern;
        }

        boolean fits(String text) {
            return fits(0, text, 0)
                    || (pattern.indexOf('/') < 0 && fits(0, text, text.lastIndexOf('/') + 1));
        }

        /** Whether the pattern from {@code p} on stands for the text from {@code t} on. */
        private boolean fits(int p, String text, int t) {
            if (p == pattern.length()) {
                return t == text.length();
            }
            if (pattern.charAt(p) != '*') {
                return t < text.length()
                        && pattern.charAt(p) == text.charAt(t)
                        && fits(p + 1, text, t + 1);
            }
            for (int rest = t; rest <= text.length(); rest++) {
                if (fits(p + 1, text, rest)) {
                    return true;
                }
            }
            return false;
        }
    }
}
