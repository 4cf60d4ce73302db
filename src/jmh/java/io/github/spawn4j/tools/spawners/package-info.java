// SPDX-License-Identifier: Apache-2.0
/** The peers: ways to start a program, behind one facade. */
package io.github.spawn4j.tools.spawners;
