// SPDX-License-Identifier: Apache-2.0
#include "warm/build_id.h"

#include "sys.h"

#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NOTES_SIZE 1024
#define MOST_BYTES ((BUILD_ID_SIZE - 1) / 2)

static bool read_at(int fd, void *buffer, size_t size, uint64_t offset) {
    return sys_call(SYS_pread64, fd, (long)buffer, (long)size, (long)offset, 0, 0) == (long)size;
}

static size_t padded(size_t size) { return (size + 3) & ~(size_t)3; }

/* Looks through the notes of a segment. Returns whether the id is among them. */
static bool find_in_notes(const char *notes, size_t size, char text[BUILD_ID_SIZE]) {
    ElfW(Nhdr) note;
    for (size_t at = 0; at + sizeof note <= size;) {
        memcpy(&note, notes + at, sizeof note);
        const size_t name = at + sizeof note;
        const size_t id = name + padded(note.n_namesz);
        if (note.n_namesz > size || note.n_descsz > size || id + note.n_descsz > size) {
            return false;
        }
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(notes + name, "GNU", 4) == 0 && note.n_descsz <= MOST_BYTES) {
            for (size_t i = 0; i < note.n_descsz; i++) {
                snprintf(text + 2 * i, 3, "%02x", (unsigned char)notes[id + i]);
            }
            return note.n_descsz > 0;
        }
        at = id + padded(note.n_descsz);
    }
    return false;
}

static bool find(int fd, char text[BUILD_ID_SIZE]) {
    ElfW(Ehdr) header;
    if (!read_at(fd, &header, sizeof header, 0) || header.e_phentsize != sizeof(ElfW(Phdr))) {
        return false;
    }
    for (size_t i = 0; i < header.e_phnum; i++) {
        ElfW(Phdr) segment;
        char notes[NOTES_SIZE];
        if (!read_at(fd, &segment, sizeof segment, header.e_phoff + i * sizeof segment)) {
            return false;
        }
        if (segment.p_type == PT_NOTE && segment.p_filesz <= sizeof notes &&
            read_at(fd, notes, segment.p_filesz, segment.p_offset) &&
            find_in_notes(notes, segment.p_filesz, text)) {
            return true;
        }
    }
    return false;
}

void build_id_read(const char *path, char text[BUILD_ID_SIZE]) {
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0 || !find(fd, text)) {
        strcpy(text, "-");
    }
    if (fd >= 0) {
        sys_close(fd);
    }
}
