// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks, run by {@code spawn4j-tools jmh}. */
package io.github.spawn4j.tools.benchmarks;
