#include <stdio.h>

int main(int argc, char **argv, char **envp) {
    for (int i = 0; i < argc; i++) {
        puts(argv[i]);
    }
    while (*envp) {
        puts(*envp++);
    }
    return 3;
}
