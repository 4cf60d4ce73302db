// SPDX-License-Identifier: Apache-2.0
/* What this kernel, and the filters that this process runs under, allow. */
#ifndef SPAWN4J_PROBE_H
#define SPAWN4J_PROBE_H

#include "constants.h"

#include <stdbool.h>
#include <stdint.h>

/* Finds out the capabilities, KERNEL_..., as bits. Returns 0, or -errno where there could be no
 * child to ask; then nothing is known, and the next call asks again. What is found is remembered.
 * Thread-safe. */
int probe_capabilities(uint64_t *capabilities);

/* The same for what confines a child, CONFINEMENT_..., which takes longer to find out. */
int probe_confinement(uint64_t *mechanisms);

/* Whether all of `capability` is known to be there. */
bool probe_has(uint64_t capability);

#endif
