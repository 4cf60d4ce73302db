// SPDX-License-Identifier: Apache-2.0
/* The foreground process group of a terminal, see tcsetpgrp(3). */
#ifndef SPAWN4J_FOREGROUND_H
#define SPAWN4J_FOREGROUND_H

/* Returns 1 if `terminal` is our controlling terminal and our group its foreground one, 0 if it is
 * a terminal but not so, or -errno. */
int foreground_is_ours(int terminal);

/* Makes our group the foreground one again, if `group` is, or one that has no members any more.
 * Returns 0 or -errno. */
int foreground_take_back(int terminal, int group);

#endif
