// SPDX-License-Identifier: Apache-2.0
/* Is linked to a library that lacks a function, which is only called if there is an argument. */
void call_it(void);

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 1) {
        call_it();
    }
    return 0;
}
