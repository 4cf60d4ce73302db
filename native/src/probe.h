/* What this kernel, and the filters that this process runs under, allow. */
#ifndef SPAWN4J_PROBE_H
#define SPAWN4J_PROBE_H

#include "constants.h"

#include <stdbool.h>
#include <stdint.h>

/* The capabilities, KERNEL_..., as bits. Probed once, on first use. Thread-safe. */
uint64_t probe_capabilities(void);

bool probe_has(uint64_t capability);

#endif
