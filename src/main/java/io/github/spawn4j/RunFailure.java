// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

/**
 * Why a run is being ended. Immutable.
 *
 * @param reason null for the caller's own wish, which he need not be told
 * @param stage the index of the process at fault
 */
record RunFailure(CommandException.Reason reason, int stage, String detail, Throwable cause) {
    /** What an exception says of itself; that is code of the user, which may throw. */
    static String describe(Throwable e) {
        try {
            return e.toString();
        } catch (RuntimeException | Error unspeakable) {
            return e.getClass().getName();
        }
    }
}
