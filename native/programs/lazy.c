// SPDX-License-Identifier: Apache-2.0
/* Opens a library that lacks a function, bound at once, which must fail, and then lazily, which
 * must not. Exits with 0 if so. Usage: lazy LIBRARY */
#include <dlfcn.h>

int main(int argc, char **argv) {
    if (argc != 2) {
        return 1;
    }
    if (dlopen(argv[1], RTLD_NOW)) {
        return 2;
    }
    return dlopen(argv[1], RTLD_LAZY) ? 0 : 3;
}
