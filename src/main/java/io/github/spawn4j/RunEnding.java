// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

/**
 * What has come of a run. Immutable.
 *
 * @param failure null if nothing went wrong on the way
 * @param survival null if nobody has survived the teardown
 */
record RunEnding(CommandResult result, RunFailure failure, Throwable survival) {
    CommandResult get() throws CommandException {
        if (failure == null) {
            return result;
        }
        CommandException exception =
                new CommandException(failure.reason(), failure.detail(), result, failure.cause());
        if (survival != null) {
            exception.addSuppressed(survival);
        }
        throw exception;
    }
}
