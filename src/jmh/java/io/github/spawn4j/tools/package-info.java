// SPDX-License-Identifier: Apache-2.0
/** The tools jar: run a program, see what this machine allows, measure spawners. */
package io.github.spawn4j.tools;
