// SPDX-License-Identifier: Apache-2.0
/* What C must know of the processor. */
#ifndef SPAWN4J_ARCH_H
#define SPAWN4J_ARCH_H

#if defined(__x86_64__)
#include "arch/x86_64.h"
#elif defined(__aarch64__)
#include "arch/aarch64.h"
#else
#error "unknown architecture"
#endif

#endif
