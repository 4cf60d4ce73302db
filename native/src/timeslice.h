/* How soon a thread gets a processor when it wakes up. */
#ifndef SPAWN4J_TIMESLICE_H
#define SPAWN4J_TIMESLICE_H

/* Gives the calling thread half the time slice that it has, which threads and processes that it
 * starts do not inherit. Without effect before Linux 6.12, and on threads with a real-time policy.
 * Returns 0 or -errno. */
int timeslice_halve(void);

#endif
