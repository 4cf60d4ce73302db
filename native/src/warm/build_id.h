// SPDX-License-Identifier: Apache-2.0
/* The build id of an ELF file, by which people know it. */
#ifndef SPAWN4J_WARM_BUILD_ID_H
#define SPAWN4J_WARM_BUILD_ID_H

/* A SHA-1 in hexadecimal digits, and more. */
#define BUILD_ID_SIZE 65

/* Stores the build id of the file `path`, or "-" where it has none that can be read. */
void build_id_read(const char *path, char text[BUILD_ID_SIZE]);

#endif
