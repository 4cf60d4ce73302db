// SPDX-License-Identifier: Apache-2.0
#include "libc.h"

#include <dlfcn.h>

void *libc_find(struct libc_function *function) {
    void *address = function->address;
    if (!address) {
        /* Not at each start: whoever loads a library meanwhile keeps us waiting. */
        address = dlsym(RTLD_DEFAULT, function->name);
        function->address = address;
    }
    return address;
}
