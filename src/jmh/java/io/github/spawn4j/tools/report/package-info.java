// SPDX-License-Identifier: Apache-2.0
/** What {@code report} writes: figures, the page that shows them, and the browser that draws it. */
package io.github.spawn4j.tools.report;
