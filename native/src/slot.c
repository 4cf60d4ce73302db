// SPDX-License-Identifier: Apache-2.0
#include "slot.h"

#include "probe.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>

/* Linux 6.10: 1 if two descriptors are duplicates of each other. */
#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027
#endif

/* To be counted up with each change of struct slots, or of what its words mean. */
#define SLOTS_LAYOUT 3

/* Of the programs that have a slot each; and no more than a quarter of all slots. */
#define MOST_PROGRAMS 8

/* A program with a slot. */
struct program {
    _Atomic int fd; /* its descriptor, or one of what follows */
    _Atomic int slot;
};
#define NO_PROGRAM (-1)
#define IS_CHANGING (-2) /* one thread has it to itself */

/* What all copies of this library in a process share. */
struct slots {
    uint64_t layout; /* comes first in all layouts */

    int base; /* where the window begins */

    /* Numbers of the window that we hold; one whose placeholder somebody has closed leaves it for
     * ever. */
    _Atomic uint64_t reserved;

    /* The part of `reserved`, from 3 upwards, that no spawn is using. */
    _Atomic uint64_t available;

    /* The part that is never lent, or not for now: see struct slots_use. */
    _Atomic uint64_t kept;

    /* Numbers below the window that we hold. */
    _Atomic uint64_t below[SLOT_MOST_BELOW / SLOT_WINDOW];

    /* The original of all placeholders, or -1. Its inode is its own, so that we can tell whether a
     * number is still ours. */
    int placeholder;
    dev_t placeholder_device;
    ino_t placeholder_inode;

    _Atomic int null_device;

    struct turns turns;
    struct program programs[MOST_PROGRAMS];
};

/* Without any slot: what serves where none can be shared. */
static struct slots none = {
    .layout = SLOTS_LAYOUT,
    .placeholder = -1,
    .null_device = -1,
    .programs = {[0 ... MOST_PROGRAMS - 1] = {.fd = NO_PROGRAM}},
};

static struct slots *slots = &none;

/* Enough that the processors have work while some starts wait for a disk; with more, each start
 * takes longer, and no more of them are done. */
#define TURNS_PER_PROCESSOR 4
#define FEWEST_TURNS 8

/* 200 ms: where many programs run, an ordinary start may well wait half of it for a processor. */
#define TURN_LIMIT_NS 200000000

/* Of the slots that a window is to have: half of its numbers, so that ten starts with three streams
 * each can run at once. A JVM that loads the library early leaves about fifty. */
#define ENOUGH_SLOTS 32

/* With fewer no window begins above 0: what is open below it would be copied for nothing, as a
 * start with three streams and its program takes four. */
#define FEWEST_SLOTS 8

#define WINDOWS (SLOT_MOST_BELOW / SLOT_WINDOW + 1)

int slots_base(void) { return slots->base; }

int slots_cut(void) { return slots->base + SLOT_WINDOW; }

uint64_t slot_bit(int fd) {
    return fd >= slots->base && fd < slots_cut() ? (uint64_t)1 << (fd - slots->base) : 0;
}

/* The lowest slot of a set that has one. */
static int lowest(uint64_t set) { return slots->base + __builtin_ctzll(set); }

static int status(int fd, struct stat *result) {
    return sys_fstatat(fd, "", AT_EMPTY_PATH, result);
}

/* Moves `fd` to the lowest free number from `from` on. */
static int move_up(int fd, int from) {
    int moved = sys_fcntl(fd, F_DUPFD_CLOEXEC, from);
    sys_close(fd);
    return moved;
}

/* Makes the original, above the lowest window, which so stays in one piece. */
static int make_placeholder(void) {
    int original = sys_memfd_create("spawn4j-reserved", MFD_CLOEXEC);
    int placeholder = original < 0 ? original : move_up(original, SLOT_WINDOW);
    struct stat stat;
    int result = placeholder < 0 ? placeholder : status(placeholder, &stat);
    if (result < 0) {
        if (placeholder >= 0) {
            sys_close(placeholder);
        }
        return result;
    }
    slots->placeholder = placeholder;
    slots->placeholder_device = stat.st_dev;
    slots->placeholder_inode = stat.st_ino;
    return 0;
}

static int count_bits(uint64_t set) { return __builtin_popcountll(set); }

/* Puts placeholders at the lowest free numbers until a window has enough of them, which is the
 * lowest such window; or at `most` numbers. Returns the window that has most, or the lowest of all
 * where that is too few. */
static int fill_windows(uint64_t held[WINDOWS], rlim_t most) {
    int best = 0;
    for (rlim_t count = 0; count < most; count++) {
        int fd = sys_fcntl(slots->placeholder, F_DUPFD_CLOEXEC, 0);
        if (fd < 0) {
            break;
        }
        int window = fd / SLOT_WINDOW;
        bool is_behind = window > best && count_bits(held[best]) >= ENOUGH_SLOTS;
        if (window >= WINDOWS || is_behind) {
            sys_close(fd);
            break;
        }
        held[window] |= (uint64_t)1 << fd % SLOT_WINDOW;
        best = count_bits(held[window]) > count_bits(held[best]) ? window : best;
    }
    return count_bits(held[best]) < FEWEST_SLOTS ? 0 : best;
}

/* Closes the placeholders from number `base` on. */
static void give_back(uint64_t held, int base) {
    for (; held; held &= held - 1) {
        sys_close(base + __builtin_ctzll(held));
    }
}

/* So that the window stays in one piece the original leaves it, and is one more placeholder. */
static void move_original(void) {
    int moved = slots->placeholder < slots_cut()
                    ? sys_fcntl(slots->placeholder, F_DUPFD_CLOEXEC, slots_cut())
                    : -EINVAL;
    if (moved < 0) {
        return;
    }
    int left = slots->placeholder;
    slots->placeholder = moved;
    slots->reserved |= slot_bit(left);
    if (left < slots->base) {
        slots->below[left / SLOT_WINDOW] |= (uint64_t)1 << left % SLOT_WINDOW;
    }
}

static void reserve_free(rlim_t most) {
    uint64_t held[WINDOWS] = {0};
    int best = fill_windows(held, most);
    for (int window = 0; window < WINDOWS; window++) {
        if (window < best) {
            slots->below[window] = held[window];
        } else if (window > best) {
            give_back(held[window], window * SLOT_WINDOW);
        }
    }
    slots->base = best * SLOT_WINDOW;
    slots->reserved = held[best];
    move_original();
    slots->kept = slots->base == 0 ? slots->reserved & 7 : 0;
    slots->available = slots->reserved & ~slots->kept;
}

/* Gives the null device a slot for good, if there is one; else a number that is no stream's. */
static int open_null_device(void) {
    int device = sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
    if (device < 0 || !slots->available) {
        return device < 0 ? -1 : move_up(device, 3);
    }
    int slot = lowest(slots->available);
    int result = sys_dup3(device, slot, O_CLOEXEC);
    sys_close(device);
    if (result < 0) {
        return -1;
    }
    slots->available &= ~slot_bit(slot);
    slots->kept |= slot_bit(slot);
    return slot;
}

/* The JVM has asked the same, so no filter minds. */
static unsigned count_processors(void) {
    uint64_t processors[64] = {0};
    unsigned count = 0;
    sys_call(SYS_sched_getaffinity, 0, sizeof processors, (long)processors, 0, 0, 0);
    for (size_t i = 0; i < sizeof processors / sizeof processors[0]; i++) {
        count += (unsigned)__builtin_popcountll(processors[i]);
    }
    return count;
}

static unsigned most_turns(void) {
    unsigned most = TURNS_PER_PROCESSOR * count_processors();
    return most < FEWEST_TURNS ? FEWEST_TURNS : most;
}

void *slots_reserve(bool may_create) {
    struct rlimit limit;
    if (slots != &none) {
        return slots; /* the caller has lost the address before he could note it */
    }
    if (!may_create || sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0) < 0) {
        return NULL;
    }
    /* Not static: it outlives this copy of the library. */
    struct slots *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        return NULL;
    }
    *shared = none;
    turns_open(&shared->turns, most_turns(), TURN_LIMIT_NS);
    slots = shared;
    if (make_placeholder() < 0) {
        slots = &none;
        munmap(shared, sizeof *shared);
        return NULL;
    }
    reserve_free(limit.rlim_cur / 4); /* a process with few descriptors needs them itself */
    slots->null_device = open_null_device();
    return shared;
}

int slots_adopt(void *shared) {
    if (((struct slots *)shared)->layout != SLOTS_LAYOUT) {
        return -EINVAL;
    }
    slots = shared;
    return 0;
}

uint64_t slots_reserved(void) { return slots->reserved; }

struct slots_use slots_use(void) {
    return (struct slots_use){
        .available = &slots->available, .kept = &slots->kept, .below = slots->below};
}

/* False before Linux 6.10. */
static bool are_duplicates(int a, int b) { return sys_fcntl(a, F_DUPFD_QUERY, b) == 1; }

/* Somebody may have closed our placeholder and opened a file of his own under its number. */
static bool holds_placeholder(int slot) {
    struct stat stat;
    return status(slot, &stat) == 0 && stat.st_ino == slots->placeholder_inode &&
           stat.st_dev == slots->placeholder_device;
}

/* 1 or 0, or -errno where it cannot be told. */
static int is_null_device(int fd) {
    struct stat stat;
    int result = status(fd, &stat);
    return result < 0 ? result : S_ISCHR(stat.st_mode) && stat.st_rdev == makedev(1, 3);
}

/* Somebody else has taken a number, and keeps it from now on. */
static void forfeit(int slot) {
    slots->reserved &= ~slot_bit(slot);
    slots->kept &= ~slot_bit(slot);
}

/* Whether `slot` holds a program; a program whose slot somebody has taken loses it. */
static bool holds_program(int slot) {
    for (int i = 0; i < MOST_PROGRAMS; i++) {
        struct program *program = &slots->programs[i];
        int fd = program->fd;
        if (fd < 0 || program->slot != slot || are_duplicates(slot, fd)) {
            continue;
        }
        /* Asked again when nobody can forget the program meanwhile. */
        if (atomic_compare_exchange_strong(&program->fd, &fd, IS_CHANGING)) {
            bool is_taken = program->slot == slot && !are_duplicates(slot, fd);
            if (is_taken) {
                forfeit(slot);
            }
            program->fd = is_taken ? NO_PROGRAM : fd;
        }
    }
    return slots->reserved & slots->kept & slot_bit(slot);
}

/* The same of a number below the window. */
static bool is_held(int fd) {
    _Atomic uint64_t *held = &slots->below[fd / SLOT_WINDOW];
    const uint64_t bit = (uint64_t)1 << fd % SLOT_WINDOW;
    if (*held & bit && !holds_placeholder(fd)) {
        *held &= ~bit; /* somebody else's from now on */
    }
    return *held & bit;
}

bool slot_is_ours(int fd) {
    if (fd >= 0 && fd < slots->base) {
        return is_held(fd);
    }
    if (!(slots->reserved & slot_bit(fd))) {
        return false;
    }
    if (holds_placeholder(fd) || (fd == slots->null_device && is_null_device(fd) == 1)) {
        return true;
    }
    /* Taken while we look again: what is lent must not be mistaken for a foreign file. Not for the
     * first look, or a start would miss a slot that it has waited for. */
    bool lendable = fd > 2 && fd != slots->null_device;
    if (lendable && !(atomic_fetch_and(&slots->available, ~slot_bit(fd)) & slot_bit(fd))) {
        return holds_program(fd) || slots->reserved & slot_bit(fd); /* or lent */
    }
    if (lendable && holds_placeholder(fd)) {
        slots->available |= slot_bit(fd); /* was lent */
        return true;
    }
    forfeit(fd);
    return false;
}

bool slots_begin(struct turn *turn, unsigned wanted, bool patient) {
    unsigned lendable = (unsigned)__builtin_popcountll(slots->reserved & ~slots->kept);
    return turn_begin(&slots->turns, turn, wanted, lendable, patient);
}

void slots_end(struct turn *turn) { turn_end(&slots->turns, turn); }

int slot_place(int fd, uint64_t avoid) {
    for (;;) {
        uint64_t free = slots->available;
        uint64_t usable = free & ~avoid;
        if (!usable) {
            return -EAGAIN;
        }
        int slot = lowest(usable);
        if (!atomic_compare_exchange_weak(&slots->available, &free, free & ~slot_bit(slot))) {
            continue;
        }
        /* The quicker question first; an old kernel does not know it. */
        if (!are_duplicates(slot, slots->placeholder) && !holds_placeholder(slot)) {
            forfeit(slot);
            continue;
        }
        int result = sys_dup3(fd, slot, O_CLOEXEC);
        if (result < 0) {
            slots->available |= slot_bit(slot);
        }
        return result;
    }
}

/* Whether `slot` leads to another file than `lent`. */
static bool is_taken(int slot, int lent) {
    struct stat ours;
    struct stat found;
    if (status(slot, &found) == -EBADF) {
        return true;
    }
    /* If `lent` is not open any more, its owner has closed it, which takes no slot. */
    return status(lent, &ours) == 0 && (ours.st_dev != found.st_dev || ours.st_ino != found.st_ino);
}

/* Whether the original is still there. The quicker question first, about a slot that has a copy. */
static bool is_original_intact(void) {
    uint64_t available = slots->available;
    return (available && are_duplicates(lowest(available), slots->placeholder)) ||
           holds_placeholder(slots->placeholder);
}

void slot_release(int slot, int lent) {
    bool intact = is_original_intact();
    /* Looked at last, as no dup3(2) compares first: a file that takes the number between these two
     * calls is lost. */
    if (is_taken(slot, lent)) {
        forfeit(slot);
        return;
    }
    if (intact && sys_dup3(slots->placeholder, slot, O_CLOEXEC) >= 0) {
        slots->available |= slot_bit(slot);
        return;
    }
    /* Somebody has closed the original. Given up, lest what was lent stays open: a pipe would never
     * end. */
    forfeit(slot);
    sys_close(slot);
}

static struct program *find_program(int fd) {
    for (int i = 0; i < MOST_PROGRAMS && fd >= 0; i++) {
        if (slots->programs[i].fd == fd) {
            return &slots->programs[i];
        }
    }
    return NULL;
}

/* Claims a place for one more program, which is changing from then on. */
static struct program *claim_program(void) {
    int reserved = __builtin_popcountll(slots->reserved);
    for (int i = 0; i < MOST_PROGRAMS && i < reserved / 4; i++) {
        int vacant = NO_PROGRAM;
        if (atomic_compare_exchange_strong(&slots->programs[i].fd, &vacant, IS_CHANGING)) {
            return &slots->programs[i];
        }
    }
    return NULL;
}

bool slot_keeps(int fd, uint64_t avoid) {
    const struct program *program = find_program(fd);
    return program && !(avoid & slot_bit(program->slot));
}

int slot_keep(int fd, uint64_t avoid) {
    struct program *program = find_program(fd);
    if (!program) {
        program = claim_program();
        if (!program) {
            return -EAGAIN;
        }
        int slot = are_duplicates(fd, fd) ? slot_place(fd, 0) : -EAGAIN;
        if (slot < 0) {
            program->fd = NO_PROGRAM;
            return -EAGAIN;
        }
        slots->kept |= slot_bit(slot);
        program->slot = slot;
        program->fd = fd;
    }
    int slot = program->slot;
    /* Asked each time, as either number may have become somebody else's. */
    return !(avoid & slot_bit(slot)) && are_duplicates(slot, fd) ? slot : -EAGAIN;
}

void slot_forget(int fd) {
    struct program *program;
    /* More than one if several threads were the first. */
    while ((program = find_program(fd))) {
        int known = fd;
        if (atomic_compare_exchange_strong(&program->fd, &known, IS_CHANGING)) {
            slots->kept &= ~slot_bit(program->slot);
            slot_release(program->slot, fd);
            program->fd = NO_PROGRAM;
        }
    }
}

int slot_null(void) {
    int known = slots->null_device;
    int result = is_null_device(known);
    if (result == 1) {
        return known;
    }
    if (result < 0 && result != -EBADF) {
        return result; /* another one could not be told from a file of somebody else's either */
    }
    int fd = sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
    if (fd >= 0 && !atomic_compare_exchange_strong(&slots->null_device, &known, fd)) {
        sys_close(fd); /* another thread was quicker */
        return known;
    }
    return fd;
}
