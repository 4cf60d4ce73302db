// SPDX-License-Identifier: Apache-2.0
/* The class file of what holds the address of the slots, for the bootstrap loader (Slots.java):
 *
 *     package spawn4j;
 *     final class SlotsAddress { static long address; }
 *
 * Bytes, as to read it from the jar would cost the first start of a process a millisecond. */
#ifndef SPAWN4J_HOLDER_H
#define SPAWN4J_HOLDER_H

#define HOLDER_CLASS                                                                               \
    "\xca\xfe\xba\xbe"                                                                             \
    "\0\0\0\x34" /* Java 8 */                                                                      \
    "\0\7"       /* constants, from 1 to 6 */                                                      \
    "\1\0\x14"                                                                                     \
    "spawn4j/SlotsAddress"                                                                         \
    "\7\0\1" /* 2: the class */                                                                    \
    "\1\0\x10"                                                                                     \
    "java/lang/Object"                                                                             \
    "\7\0\3" /* 4: its superclass */                                                               \
    "\1\0\7"                                                                                       \
    "address"                                                                                      \
    "\1\0\1"                                                                                       \
    "J"                                                                                            \
    "\0\x30\0\2\0\4\0\0"     /* final, the class, its superclass, no interface */                  \
    "\0\1\0\x08\0\5\0\6\0\0" /* one field: static, its name, its type */                           \
    "\0\0\0\0"               /* neither methods nor attributes */

#endif
