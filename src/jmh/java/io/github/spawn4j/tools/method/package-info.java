// SPDX-License-Identifier: Apache-2.0
/** How to measure on a machine that others use too: rounds, intervals, and what disturbs. */
package io.github.spawn4j.tools.method;
