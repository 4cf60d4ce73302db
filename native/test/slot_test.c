// SPDX-License-Identifier: Apache-2.0
/* The reserved low descriptors: lent, taken back, and given up when somebody else has taken them.
 * Each case runs in a process of its own, which reserves anew. */
#include "slot.h"

#include "check.h"
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

/* Whether two descriptors lead to the same file. */
static bool same_file(int a, int b) {
    struct stat one;
    struct stat other;
    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static bool is_placeholder(int fd) {
    char path[64];
    char target[64] = {0};
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return readlink(path, target, sizeof target - 1) > 0 && strstr(target, "spawn4j-reserved");
}

static int lowest(uint64_t slots) { return slots_base() + __builtin_ctzll(slots); }

static int count_bits(uint64_t bits) { return __builtin_popcountll(bits); }

/* Lends slots until there is none; returns them as bits. */
static uint64_t place_all(int fd) {
    uint64_t placed = 0;
    for (;;) {
        int slot = slot_place(fd, 0);
        if (slot == -EAGAIN) {
            return placed;
        }
        CHECK(slot >= 0 && slot < slots_cut());
        CHECK(!(placed & slot_bit(slot)));
        placed |= slot_bit(slot);
    }
}

/* An open file that is no placeholder, above the low block. */
static int open_file(void) {
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    int high = fcntl(fd, F_DUPFD_CLOEXEC, slots_cut());
    CHECK(high >= slots_cut());
    close(fd);
    return high;
}

/* From now on fcntl(2) knows no F_DUPFD_QUERY. */
static void deny_dupfd_query(void) {
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1027, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    CHECK_EQUAL(filter_install(rules, sizeof rules / sizeof rules[0], 0), 0);
}

/* Open descriptors, counted by a call that nobody denies. */
static int count_open(void) {
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        count += is_open(fd);
    }
    return count;
}

/* Every low number that was free is reserved, and none that was not. */
static void slots_reserve_takes_what_is_free(void) {
    CHECK_EQUAL(dup2(1, 9), 9);
    uint64_t was_free = 0;
    for (int fd = 0; fd < slots_cut(); fd++) {
        was_free |= (uint64_t)!is_open(fd) << fd;
    }
    slots_reserve(true);
    CHECK_EQUAL(slots_reserved(), was_free);
    CHECK(!(slots_reserved() & slot_bit(9)));
    for (int fd = 0; fd < slots_cut(); fd++) {
        CHECK(is_open(fd));
        CHECK(!(was_free >> fd & 1) || fcntl(fd, F_GETFD) == FD_CLOEXEC);
    }
    /* What the process opens from now on lies above. */
    CHECK(open("/dev/null", O_RDONLY) >= slots_cut());
}

/* A closed standard stream is held, so that no file lands there, but never lent. */
static void slots_reserve_holds_closed_streams(void) {
    close(0);
    close(2);
    slots_reserve(true);
    CHECK_EQUAL(slots_reserved() & 7, 5);
    CHECK(is_placeholder(0) && is_placeholder(2));
    CHECK_EQUAL(place_all(1) & 7, 0);
}

/* Where many files are open the slots lie above them, at the lowest place that has enough; what is
 * free below is held, so that no file is opened there. */
static void slots_reserve_moves_above_what_is_open(void) {
    check_open_below(100);
    close(40);
    close(0);
    void *shared = slots_reserve(true);
    CHECK_EQUAL(slots_base(), 128);
    CHECK_EQUAL(slots_cut(), 192);
    CHECK_EQUAL(slots_reserved(), ~0ULL);
    CHECK(slot_bit(slot_null()));
    for (int fd = 0; fd < slots_cut(); fd++) {
        bool was_open = fd < 100 && fd != 40 && fd != 0;
        CHECK_EQUAL(is_placeholder(fd), !was_open && fd != slot_null());
        CHECK_EQUAL(slot_is_ours(fd), !was_open);
    }
    CHECK(open("/dev/null", O_RDONLY) >= slots_cut());
    CHECK_EQUAL(count_bits(place_all(1)), 63);
    CHECK_EQUAL(slots_adopt(shared), 0);
    CHECK_EQUAL(slots_base(), 128);
}

/* Not where as many are free as several starts need. */
static void slots_reserve_stays_low_where_enough_is_free(void) {
    const int open[] = {30, 32, 33, 95, 97};
    const int base[] = {0, 0, 64, 64, 128};
    for (int i = 0; i < 5; i++) {
        if (check_in_child()) {
            check_open_below(open[i]);
            slots_reserve(true);
            CHECK_EQUAL(slots_base(), base[i]);
            exit(0);
        }
    }
}

/* Nor where too few are: a child would copy all that is open below, and hardly any start would find
 * a slot. They are given back. */
static void slots_reserve_stays_low_where_few_are_free(void) {
    const struct rlimit limit = {4096, 4096};
    const int holes[] = {1, 5, 20};
    const int base[] = {0, 0, 448};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_open_below(SLOT_MOST_BELOW + SLOT_WINDOW);
    for (int i = 0; i < 3; i++) {
        if (check_in_child()) {
            CHECK_EQUAL(close_range(460, 459 + (unsigned)holes[i], 0), 0);
            int before = check_count_open();
            slots_reserve(true);
            CHECK_EQUAL(slots_base(), base[i]);
            CHECK_EQUAL(count_bits(slots_reserved()), base[i] ? holes[i] : 0);
            int more = base[i] ? holes[i] + 1 : 2; /* the original, and the null device */
            CHECK_EQUAL(check_count_open() - before, more);
            exit(0);
        }
    }
}

/* A child would copy too much where everything below is open; nothing is held then. */
static void slots_reserve_does_without_above_a_thousand_files(void) {
    const struct rlimit limit = {4096, 4096};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_open_below(SLOT_MOST_BELOW + SLOT_WINDOW);
    int before = check_count_open();
    CHECK(slots_reserve(true));
    CHECK_EQUAL(slots_base(), 0);
    CHECK_EQUAL(slots_reserved(), 0);
    CHECK_EQUAL(slot_place(1, 0), -EAGAIN);
    CHECK_EQUAL(check_count_open() - before, 2); /* the original, and the null device */
    CHECK_EQUAL(slot_null(), slot_null());
}

/* A low limit that is used up already takes from what is left, and the window is where most is. */
static void slots_reserve_shares_a_low_limit_with_open_files(void) {
    const struct rlimit limit = {128, 128};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_open_below(60);
    int before = check_count_open();
    slots_reserve(true);
    CHECK_EQUAL(slots_base(), 64);
    CHECK(count_bits(slots_reserved()) > 20);
    CHECK(check_count_open() - before <= 33);
    CHECK(slot_is_ours(60) && slot_is_ours(63));
}

/* As many as a quarter of the limit are held, and those above the window are given back. */
static void slots_reserve_gives_back_what_lies_above(void) {
    const struct rlimit limit = {128, 128};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_open_below(44);
    slots_reserve(true);
    CHECK_EQUAL(slots_base(), 0);
    CHECK_EQUAL(count_bits(slots_reserved()), 20);
    for (int fd = slots_cut(), left = 0; fd < 128; fd++) {
        left += is_placeholder(fd);
        CHECK(left <= 1); /* the original */
    }
}

/* A number below the window that somebody has closed is his, whoever has a file there next. */
static void slot_is_ours_knows_foreign_file_below_the_window(void) {
    check_open_below(100);
    close(40);
    close(41);
    slots_reserve(true);
    int file = open_file();
    CHECK_EQUAL(dup2(file, 40), 40);
    CHECK(!slot_is_ours(40));
    CHECK(slot_is_ours(41));
    CHECK_EQUAL(*slots_use().below & ~(1ULL << 41), 0);
    CHECK(same_file(file, 40));
}

/* A process that may open few descriptors keeps most of them. */
static void slots_reserve_leaves_most_of_a_low_limit(void) {
    const struct rlimit limit = {40, 40};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int before = check_count_open();
    slots_reserve(true);
    CHECK(check_count_open() - before <= 12);
}

/* At the limit nothing can be reserved, and nothing breaks. */
static void slots_reserve_accepts_that_nothing_is_left(void) {
    const struct rlimit limit = {3, 3};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    slots_reserve(true);
    CHECK_EQUAL(slots_reserved(), 0);
    CHECK_EQUAL(slot_place(1, 0), -EAGAIN);
}

/* Without memfd_create(2) there are no slots, and nothing else fails. */
static void slots_reserve_does_without_memfd(void) {
    int before = count_open();
    CHECK(!slots_reserve(false));
    filter_answer(SYS_memfd_create, SECCOMP_RET_ERRNO | EPERM);
    CHECK(!slots_reserve(true));
    CHECK_EQUAL(count_open(), before);
    CHECK_EQUAL(slots_reserved(), 0);
    CHECK_EQUAL(slot_place(1, 0), -EAGAIN);
    CHECK(!slot_is_ours(9));
    CHECK(slot_null() >= 0);
}

/* Nothing is left of a placeholder that could not be told from a file of somebody else's. */
static void slots_reserve_leaves_nothing_when_it_fails(void) {
    int before = count_open();
    filter_answer(SYS_newfstatat, SECCOMP_RET_ERRNO | EPERM);
    CHECK(!slots_reserve(true));
    CHECK_EQUAL(count_open(), before);
    CHECK_EQUAL(slots_reserved(), 0);
}

/* What one copy of the library lends another does not lend. */
static void slots_reserve_reserves_once(void) {
    void *slots = slots_reserve(true);
    uint64_t reserved = slots_reserved();
    CHECK(slots && reserved);
    CHECK(slots_reserve(true) == slots);
    CHECK_EQUAL(slots_reserved(), reserved);
}

static void slots_adopt_takes_over_what_is_lent(void) {
    void *shared = slots_reserve(true);
    CHECK(shared);
    int lent = slot_place(1, 0);
    uint64_t reserved = slots_reserved();
    CHECK_EQUAL(slots_adopt(shared), 0);
    CHECK_EQUAL(slots_reserved(), reserved);
    CHECK(!(place_all(1) & slot_bit(lent)));
}

/* Of another version nothing is known but the first word. */
static void slots_adopt_refuses_another_layout(void) {
    uint64_t other[16] = {99, 0};
    CHECK_EQUAL(slots_adopt(other), -EINVAL);
    CHECK_EQUAL(slots_reserved(), 0);
    CHECK_EQUAL(slot_place(1, 0), -EAGAIN);
}

/* The duplicate leads to the file and closes on exec. */
static void slot_place_duplicates(void) {
    slots_reserve(true);
    int file = open_file();
    int slot = slot_place(file, 0);
    CHECK(slot > 2 && slot < slots_cut());
    CHECK(slots_reserved() & slot_bit(slot));
    CHECK(same_file(file, slot));
    CHECK_EQUAL(fcntl(slot, F_GETFD), FD_CLOEXEC);
}

/* Numbers that an action of the request names are not used. */
static void slot_place_avoids(void) {
    slots_reserve(true);
    uint64_t avoid = 0x5555555555555555;
    for (;;) {
        int slot = slot_place(1, avoid);
        if (slot == -EAGAIN) {
            break;
        }
        CHECK(!(avoid & slot_bit(slot)));
    }
    int slot = slot_place(1, 0);
    CHECK(slot >= 0 && avoid & slot_bit(slot));
}

/* Where all are lent, it says so; one that is returned can be lent again. */
static void slot_place_runs_out(void) {
    slots_reserve(true);
    uint64_t placed = place_all(1);
    CHECK(count_bits(placed) > 10);
    CHECK_EQUAL(slot_place(1, 0), -EAGAIN);
    int returned = lowest(placed);
    slot_release(returned, 1);
    CHECK_EQUAL(slot_place(1, 0), returned);
}

/* A descriptor that is not open takes no slot. */
static void slot_place_refuses_closed_descriptor(void) {
    slots_reserve(true);
    uint64_t placed = place_all(1);
    for (int slot = 3; slot < slots_cut(); slot++) {
        if (placed & slot_bit(slot)) {
            slot_release(slot, 1);
        }
    }
    for (int round = 0; round < 100; round++) {
        CHECK_EQUAL(slot_place(9999, 0), -EBADF);
    }
    CHECK_EQUAL(place_all(1), placed);
}

/* A returned slot holds the placeholder again, and nothing of what was lent. */
static void slot_release_puts_placeholder_back(void) {
    slots_reserve(true);
    int ends[2];
    CHECK_EQUAL(pipe(ends), 0);
    int slot = slot_place(ends[1], 0);
    slot_release(slot, ends[1]);
    close(ends[1]);
    CHECK(is_placeholder(slot));
    CHECK_EQUAL(fcntl(slot, F_GETFD), FD_CLOEXEC);
    char byte;
    CHECK_EQUAL(read(ends[0], &byte, 1), 0);
}

/* A number that somebody has closed and opened as his own is never lent again. */
static void slot_place_leaves_foreign_file_alone(void) {
    slots_reserve(true);
    int taken = slot_place(1, 0);
    slot_release(taken, 1);
    int file = open_file();
    CHECK_EQUAL(dup2(file, taken), taken);
    uint64_t placed = place_all(1);
    CHECK(!(placed & slot_bit(taken)));
    CHECK(same_file(file, taken));
    CHECK(!(slots_reserved() & slot_bit(taken)));
}

/* So is one that somebody has closed. */
static void slot_place_leaves_closed_number_alone(void) {
    slots_reserve(true);
    int taken = slot_place(1, 0);
    slot_release(taken, 1);
    close(taken);
    uint64_t placed = place_all(1);
    CHECK(!(placed & slot_bit(taken)));
    CHECK(!is_open(taken));
}

/* A number that was closed while it was lent, and opened for another file, is not taken back. */
static void slot_release_leaves_foreign_file_alone(void) {
    slots_reserve(true);
    int lent = open_file();
    int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    int slot = slot_place(lent, 0);
    CHECK_EQUAL(dup2(file, slot), slot);
    slot_release(slot, lent);
    CHECK(same_file(file, slot));
    CHECK(!(slots_reserved() & slot_bit(slot)));
}

/* Nor is one that was only closed: it may be about to be opened. */
static void slot_release_leaves_closed_number_alone(void) {
    slots_reserve(true);
    int slot = slot_place(1, 0);
    close(slot);
    slot_release(slot, 1);
    CHECK(!is_open(slot));
    CHECK(!(slots_reserved() & slot_bit(slot)));
}

/* A lent file that its owner closes does not take the slot away with it. */
static void slot_release_takes_back_what_is_closed_elsewhere(void) {
    slots_reserve(true);
    int file = open_file();
    int slot = slot_place(file, 0);
    close(file);
    slot_release(slot, file);
    CHECK(is_placeholder(slot));
}

/* Of a pipe the other end is known as well as the one that was lent. */
static void slot_release_knows_pipe_by_its_other_end(void) {
    slots_reserve(true);
    int ends[2];
    CHECK_EQUAL(pipe(ends), 0);
    int slot = slot_place(ends[1], 0);
    close(ends[1]);
    slot_release(slot, ends[0]);
    CHECK(is_placeholder(slot));
}

/* Before Linux 6.10 the kernel cannot compare two descriptors. */
static void slot_place_knows_placeholder_on_old_kernels(void) {
    slots_reserve(true);
    int slot = slot_place(1, 0);
    slot_release(slot, 1);
    deny_dupfd_query();
    CHECK_EQUAL(slot_place(1, 0), slot);
}

/* A slot that is looked at while it is lent is not taken for a foreign file. */
static void slot_is_ours_spares_what_is_lent(void) {
    slots_reserve(true);
    int slot = slot_place(1, 0);
    CHECK(slot_is_ours(slot));
    slot_release(slot, 1);
    CHECK(slot_is_ours(slot));
    CHECK_EQUAL(slot_place(1, 0), slot);
}

/* Where somebody has closed the placeholder's original, a slot does not keep what was lent. */
static void slot_release_keeps_nothing_without_placeholder(void) {
    slots_reserve(true);
    int ends[2];
    CHECK_EQUAL(pipe(ends), 0);
    int slot = slot_place(ends[1], 0);
    for (int fd = slots_cut(); fd < 256; fd++) {
        if (is_placeholder(fd)) {
            close(fd);
        }
    }
    slot_release(slot, ends[1]);
    close(ends[1]);
    CHECK_EQUAL(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    char byte;
    CHECK_EQUAL(read(ends[0], &byte, 1), 0);
}

/* Nor does it keep the file that somebody has opened under the original's number. */
static void slot_release_keeps_no_foreign_file(void) {
    slots_reserve(true);
    int slot = slot_place(1, 0);
    int file = open_file();
    for (int fd = slots_cut(); fd < 256; fd++) {
        if (is_placeholder(fd)) {
            CHECK_EQUAL(dup2(file, fd), fd);
        }
    }
    slot_release(slot, 1);
    CHECK(!same_file(file, slot));
}

/* A program has one slot for all spawns, which nobody else gets. */
static void slot_keep_places_once(void) {
    slots_reserve(true);
    int file = open_file();
    int slot = slot_keep(file, 0);
    CHECK(slot > 2 && slot < slots_cut());
    CHECK(same_file(file, slot));
    CHECK_EQUAL(fcntl(slot, F_GETFD), FD_CLOEXEC);
    CHECK_EQUAL(slot_keep(file, 0), slot);
    CHECK(slot_is_ours(slot));
    CHECK(*slots_use().kept & slot_bit(slot));
    CHECK(!(place_all(1) & slot_bit(slot)));
}

/* Not where an action of the request names it. */
static void slot_keep_avoids(void) {
    slots_reserve(true);
    int file = open_file();
    int slot = slot_keep(file, 0);
    CHECK_EQUAL(slot_keep(file, slot_bit(slot)), -EAGAIN);
    CHECK_EQUAL(slot_keep(file, 0), slot);
}

/* Programs leave most slots to spawns. */
static void slot_keep_leaves_slots_to_lend(void) {
    slots_reserve(true);
    int before = count_bits(*slots_use().available);
    int kept = 0;
    for (int round = 0; round < 30; round++) {
        int slot = slot_keep(open_file(), 0);
        CHECK(slot >= 0 || slot == -EAGAIN);
        kept += slot >= 0;
    }
    CHECK(kept > 0 && kept <= before / 4 + 1);
    CHECK_EQUAL(count_bits(place_all(1)), before - kept);
}

/* Where all are lent a program has none, and has one later. */
static void slot_keep_waits_for_nobody(void) {
    slots_reserve(true);
    int file = open_file();
    int lent = lowest(place_all(1));
    CHECK_EQUAL(slot_keep(file, 0), -EAGAIN);
    slot_release(lent, 1);
    CHECK_EQUAL(slot_keep(file, 0), lent);
}

/* A slot whose number somebody has taken does not stand for the program. */
static void slot_keep_knows_foreign_file(void) {
    slots_reserve(true);
    int program = open_file();
    int slot = slot_keep(program, 0);
    int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    CHECK_EQUAL(dup2(file, slot), slot);
    CHECK_EQUAL(slot_keep(program, 0), -EAGAIN);
    slot_forget(program);
    CHECK(same_file(file, slot));
    CHECK(!(slots_reserved() & slot_bit(slot)));
    CHECK(!(*slots_use().kept & slot_bit(slot)));
}

/* Nor is it ours from then on, so that a child can be given that file. */
static void slot_is_ours_knows_foreign_file_in_place_of_program(void) {
    slots_reserve(true);
    int program = open_file();
    int slot = slot_keep(program, 0);
    CHECK(slot_is_ours(slot));
    int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    CHECK_EQUAL(dup2(file, slot), slot);
    CHECK(!slot_is_ours(slot));
    CHECK(!(slots_reserved() & slot_bit(slot)));
    int other = slot_keep(program, 0);
    CHECK(other >= 0 && other != slot);
    slot_forget(program);
    CHECK(is_placeholder(other));
    CHECK(same_file(file, slot));
}

/* Nor does it stand for another file that is open as the program was. */
static void slot_keep_knows_another_program(void) {
    slots_reserve(true);
    int program = open_file();
    CHECK(slot_keep(program, 0) >= 0);
    int file = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    CHECK_EQUAL(dup2(file, program), program);
    CHECK_EQUAL(slot_keep(program, 0), -EAGAIN);
}

/* Before Linux 6.10, where nothing tells quickly what a slot holds, none is kept. */
static void slot_keep_does_without_on_old_kernels(void) {
    slots_reserve(true);
    deny_dupfd_query();
    int before = count_bits(*slots_use().available);
    CHECK_EQUAL(slot_keep(open_file(), 0), -EAGAIN);
    CHECK_EQUAL(count_bits(*slots_use().available), before);
}

/* The slot can be lent again, and the next program can have one. */
static void slot_forget_puts_placeholder_back(void) {
    slots_reserve(true);
    for (int round = 0; round < 50; round++) {
        int file = open_file();
        int slot = slot_keep(file, 0);
        CHECK(slot >= 0);
        slot_forget(file);
        close(file);
        CHECK(is_placeholder(slot));
        CHECK(*slots_use().available & slot_bit(slot));
        CHECK(!(*slots_use().kept & slot_bit(slot)));
    }
    uint64_t available = *slots_use().available;
    const int others[] = {1, -1, -2};
    for (int i = 0; i < 3; i++) {
        slot_forget(others[i]);
        CHECK_EQUAL(*slots_use().available, available);
    }
    CHECK(is_open(1));
}

/* It is the null device, and the same each time. */
static void slot_null_stays_open(void) {
    slots_reserve(true);
    int fd = slot_null();
    struct stat stat;
    CHECK_EQUAL(fstat(fd, &stat), 0);
    CHECK(S_ISCHR(stat.st_mode));
    CHECK_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQUAL(write(fd, "x", 1), 1);
    char byte;
    CHECK_EQUAL(read(fd, &byte, 1), 0);
    CHECK_EQUAL(slot_null(), fd);
}

/* Somebody may close it, or put a file of his own there. */
static void slot_null_is_opened_again(void) {
    slots_reserve(true);
    int first = slot_null();
    int file = open_file();
    CHECK_EQUAL(dup2(file, first), first);
    int second = slot_null();
    CHECK(second >= 0 && second != first);
    CHECK(same_file(file, first));
    CHECK_EQUAL(write(second, "x", 1), 1);
    close(second);
    CHECK(slot_null() >= 0);
}

/* Where it cannot be looked at it stays as it is, and each call says so. */
static void slot_null_opens_nothing_when_it_cannot_look(void) {
    slots_reserve(true);
    CHECK(slot_null() >= 0);
    int before = count_open();
    filter_answer(SYS_newfstatat, SECCOMP_RET_ERRNO | EPERM);
    for (int round = 0; round < 5; round++) {
        CHECK_EQUAL(slot_null(), -EPERM);
    }
    CHECK_EQUAL(count_open(), before);
}

int main(void) {
    RUN(slots_reserve_takes_what_is_free);
    RUN(slots_reserve_holds_closed_streams);
    RUN(slots_reserve_moves_above_what_is_open);
    RUN(slots_reserve_stays_low_where_enough_is_free);
    RUN(slots_reserve_stays_low_where_few_are_free);
    RUN(slots_reserve_does_without_above_a_thousand_files);
    RUN(slots_reserve_shares_a_low_limit_with_open_files);
    RUN(slots_reserve_gives_back_what_lies_above);
    RUN(slot_is_ours_knows_foreign_file_below_the_window);
    RUN(slots_reserve_leaves_most_of_a_low_limit);
    RUN(slots_reserve_accepts_that_nothing_is_left);
    RUN(slots_reserve_does_without_memfd);
    RUN(slots_reserve_leaves_nothing_when_it_fails);
    RUN_BOTH(slots_reserve_reserves_once);
    RUN_BOTH(slots_adopt_takes_over_what_is_lent);
    RUN(slots_adopt_refuses_another_layout);
    RUN_BOTH(slot_place_duplicates);
    RUN_BOTH(slot_place_avoids);
    RUN_BOTH(slot_place_runs_out);
    RUN_BOTH(slot_place_refuses_closed_descriptor);
    RUN_BOTH(slot_release_puts_placeholder_back);
    RUN_BOTH(slot_place_leaves_foreign_file_alone);
    RUN_BOTH(slot_place_leaves_closed_number_alone);
    RUN_BOTH(slot_release_leaves_foreign_file_alone);
    RUN_BOTH(slot_release_leaves_closed_number_alone);
    RUN_BOTH(slot_release_takes_back_what_is_closed_elsewhere);
    RUN_BOTH(slot_release_knows_pipe_by_its_other_end);
    RUN_BOTH(slot_place_knows_placeholder_on_old_kernels);
    RUN_BOTH(slot_is_ours_spares_what_is_lent);
    RUN_BOTH(slot_release_keeps_nothing_without_placeholder);
    RUN_BOTH(slot_release_keeps_no_foreign_file);
    RUN_BOTH(slot_keep_does_without_on_old_kernels);
    if (check_duplicates_are_told()) {
        RUN_BOTH(slot_keep_places_once);
        RUN_BOTH(slot_keep_avoids);
        RUN_BOTH(slot_keep_leaves_slots_to_lend);
        RUN_BOTH(slot_keep_waits_for_nobody);
        RUN_BOTH(slot_keep_knows_foreign_file);
        RUN_BOTH(slot_is_ours_knows_foreign_file_in_place_of_program);
        RUN_BOTH(slot_keep_knows_another_program);
        RUN_BOTH(slot_forget_puts_placeholder_back);
    }
    RUN_BOTH(slot_null_stays_open);
    RUN_BOTH(slot_null_is_opened_again);
    RUN_BOTH(slot_null_opens_nothing_when_it_cannot_look);
    return 0;
}
