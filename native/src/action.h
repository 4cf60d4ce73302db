// SPDX-License-Identifier: Apache-2.0
/* The steps that a caller can ask for before exec. */
#ifndef SPAWN4J_ACTION_H
#define SPAWN4J_ACTION_H

#include "request.h"

/* Applies `action` in the child. A signal mask only goes to `mask`, for the child to set at the
 * very end. Returns 0 or -errno; never allocates. */
int action_apply(const struct request *request, const struct action *action, signal_set *mask);

/* Closes `first` to `last` in the child, or marks them close-on-exec, sparing the sources. Returns
 * 0 or -errno. */
int action_close_range(const struct request *request, unsigned first, unsigned last,
                       unsigned flags);

/* Closes the range that `action` says, or leaves that to exec, so nothing else may follow. Returns
 * 0 or -errno. */
int action_sweep(const struct request *request, const struct action *action);

/* Gives the signals in `set` their default dispositions. Returns 0 or -errno. */
int action_default_signals(signal_set set);

/* Gives the signals that have a handler their default dispositions; ignored ones stay ignored.
 * Returns 0 or -errno. */
int action_drop_handlers(void);

#endif
