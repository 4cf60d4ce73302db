// SPDX-License-Identifier: Apache-2.0
/* Prints the auxiliary vector as the kernel tells it and as getauxval(3) does: the types, in order,
 * the values that are no addresses, and the texts. Fails if the two differ. */
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/auxv.h>

static bool is_address(unsigned long type) {
    return type == AT_PHDR || type == AT_BASE || type == AT_ENTRY || type == AT_RANDOM ||
           type == AT_SYSINFO_EHDR;
}

static bool is_text(unsigned long type) {
    return type == AT_EXECFN || type == AT_PLATFORM || type == AT_BASE_PLATFORM;
}

int main(void) {
    ElfW(auxv_t) entry;
    FILE *file = fopen("/proc/self/auxv", "re");
    while (file && fread(&entry, sizeof entry, 1, file) == 1 && entry.a_type != AT_NULL) {
        unsigned long value = entry.a_un.a_val;
        printf("%lu ", (unsigned long)entry.a_type);
        if (is_text(entry.a_type)) {
            printf("%s\n", (const char *)value);
        } else {
            printf("%lx\n", is_address(entry.a_type) ? 0 : value);
        }
        /* glibc has capabilities of its own. */
        if (entry.a_type != AT_HWCAP && getauxval(entry.a_type) != value) {
            return 1;
        }
    }
    return file ? 0 : 2;
}
