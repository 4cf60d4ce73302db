// SPDX-License-Identifier: Apache-2.0
/* A library that calls a function which nobody defines. */
void defined_by_nobody(void);
void call_it(void);

void call_it(void) { defined_by_nobody(); }
