// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.warm;

/**
 * How a program is kept warm. Immutable.
 *
 * @param fromStart at which start, and every one after it, a helper is asked for
 * @param parked so many children wait
 * @param idleNs after how long without a start the helper ends
 * @param renewAfter after how many starts it is renewed
 * @param deadlineMs after how long a start that no child has taken is a cold one
 * @param hasSecond whether there may be another helper while the first has all that it can have
 */
public record WarmSettings(
        int fromStart, int parked, long idleNs, int renewAfter, int deadlineMs, boolean hasSecond) {
    /** Those of the second helper, which is asked for when it is needed. */
    WarmSettings ofSecond() {
        return new WarmSettings(0, parked, idleNs, renewAfter, deadlineMs, false);
    }
}
