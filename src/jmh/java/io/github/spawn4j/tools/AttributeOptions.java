// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.control.Resource;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What a program gives itself before it runs, on the command line of {@code run}. */
final class AttributeOptions {
    private static final int OCTAL = 8;

    @Option(
            names = "--umask",
            paramLabel = "MASK",
            description = "The permissions that new files do not get, in octal.")
    String umask;

    @Option(names = "--nice", paramLabel = "N", description = "The niceness, -20 to 19.")
    Integer nice;

    @Option(
            names = "--limit",
            paramLabel = "RESOURCE=SOFT[:HARD]",
            description =
                    "A limit, as of prlimit(1): nofile=1024, cpu=10:12, core=0, as=unlimited, in"
                            + " seconds or bytes. May be repeated.")
    List<String> limits = new ArrayList<>();

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "Whose ids and groups it has; for root only.")
    String user;

    @Option(
            names = "--no-new-privs",
            description = "Nothing that it executes gives it privileges, as sudo(8) would.")
    boolean noNewPrivileges;

    @Option(names = "--no-network", description = "It can reach no address, not even our own.")
    boolean noNetwork;

    @Option(
            names = "--new-session",
            description = "It leads a session of its own, without a controlling terminal.")
    boolean newSession;

    /**
     * Sets them.
     *
     * @throws IllegalArgumentException if one is wrong
     */
    void apply(EmptyProcess process) {
        if (umask != null) {
            process.umask(octal(umask));
        }
        if (nice != null) {
            process.nice(nice);
        }
        limits.forEach(limit -> apply(limit, process));
        if (user != null) {
            process.user(user);
        }
        if (noNewPrivileges) {
            process.noNewPrivileges();
        }
        if (noNetwork) {
            process.noNetwork();
        }
        if (newSession) {
            process.newSession();
        }
    }

    private static int octal(String text) {
        try {
            return Integer.parseInt(text, OCTAL);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("umask '" + text + "' is no octal number", e);
        }
    }

    private static void apply(String text, EmptyProcess process) {
        String[] limit = text.split("=", 2);
        Resource resource =
                Resource.named(limit[0])
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "no resource '" + limit[0] + "'"));
        if (limit.length < 2) {
            throw new IllegalArgumentException("limit '" + text + "' has no value");
        }
        String[] values = limit[1].split(":", 2);
        process.limit(resource, amount(values[0]), amount(values[values.length - 1]));
    }

    private static long amount(String text) {
        try {
            return text.equals("unlimited") ? Resource.UNLIMITED : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("limit '" + text + "' is no number", e);
        }
    }
}
