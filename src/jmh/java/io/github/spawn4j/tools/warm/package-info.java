// SPDX-License-Identifier: Apache-2.0
/** What it is worth to keep programs warm, program by program. */
package io.github.spawn4j.tools.warm;
