#include "slot.h"

#include "probe.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdatomic.h>
#include <sys/sysmacros.h>

/* Numbers that we hold; a number whose placeholder somebody has closed leaves it for ever. */
static _Atomic uint64_t reserved;

/* The part of `reserved`, from 3 upwards, that no spawn is using. */
static _Atomic uint64_t available;

/* The original of all placeholders. Its inode is its own, so that we can tell whether a number is
 * still ours. */
static int placeholder = -1;
static uint64_t placeholder_inode;

static _Atomic int null_device = -1;

/* How often a spawn that finds no slot lets others go first. */
#define MOST_YIELDS 1000

static uint64_t bit(int slot) { return (uint64_t)1 << slot; }

/* Moves `fd` to the lowest free number from `from` on and counts it as reserved. */
static int move_up(int fd, int from) {
    int moved = sys_fcntl(fd, F_DUPFD_CLOEXEC, from);
    sys_close(fd);
    if (moved >= 0 && moved < SLOT_END) {
        reserved |= bit(moved);
    }
    return moved;
}

void slots_reserve(void) {
    struct rlimit limit;
    if (sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0) < 0) {
        return;
    }
    int original = probe_has(KERNEL_MEMFD_CREATE)
                       ? sys_memfd_create("spawn4j-reserved", MFD_CLOEXEC)
                       : -ENOSYS;
    if (original < 0) {
        return;
    }
    /* At the top of the block, so that the block itself stays in one piece. */
    struct stat stat;
    placeholder = move_up(original, SLOT_END);
    if (placeholder < 0 || sys_fstatat(placeholder, "", AT_EMPTY_PATH, &stat) < 0) {
        return;
    }
    placeholder_inode = stat.st_ino;
    int device = sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
    null_device = device < 0 ? -1 : move_up(device, 3);

    /* A process with few descriptors needs them itself. */
    rlim_t most = limit.rlim_cur / 4;
    for (rlim_t count = 0; count < most; count++) {
        int slot = sys_fcntl(placeholder, F_DUPFD_CLOEXEC, 0);
        if (slot < 0) {
            break;
        }
        if (slot >= SLOT_END) {
            sys_close(slot);
            break;
        }
        reserved |= bit(slot);
        if (slot > 2) {
            available |= bit(slot);
        }
    }
}

uint64_t slots_reserved(void) { return reserved; }

/* Somebody may have closed our placeholder and opened a file of his own under its number. */
static bool holds_placeholder(int slot) {
    struct stat stat;
    return sys_fstatat(slot, "", AT_EMPTY_PATH, &stat) == 0 && stat.st_ino == placeholder_inode;
}

static bool is_null_device(int fd) {
    struct stat stat;
    return sys_fstatat(fd, "", AT_EMPTY_PATH, &stat) == 0 && stat.st_rdev == makedev(1, 3);
}

bool slot_is_ours(int fd) {
    if (fd < 0 || fd >= SLOT_END || !(reserved & bit(fd))) {
        return false;
    }
    bool lent = fd > 2 && fd != null_device && !(available & bit(fd));
    if (lent || holds_placeholder(fd) || (fd == null_device && is_null_device(fd))) {
        return true;
    }
    available &= ~bit(fd);
    reserved &= ~bit(fd);
    return false;
}

int slot_place(int fd, uint64_t avoid, bool patient) {
    int waited = 0;
    for (;;) {
        uint64_t free = available;
        uint64_t usable = free & ~avoid;
        if (!usable) {
            /* Most spawns take microseconds: better wait for one than copy the table, and with it,
             * for a moment, files that others are writing. */
            if (!patient || !(reserved >> 3) || ++waited > MOST_YIELDS) {
                return -EAGAIN;
            }
            sys_call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
            continue;
        }
        int slot = __builtin_ctzll(usable);
        if (!atomic_compare_exchange_weak(&available, &free, free & ~bit(slot))) {
            continue;
        }
        if (!holds_placeholder(slot)) {
            reserved &= ~bit(slot);
            continue;
        }
        int result = sys_dup3(fd, slot, O_CLOEXEC);
        if (result < 0) {
            available |= bit(slot);
        }
        return result;
    }
}

void slot_release(int slot) {
    if (holds_placeholder(placeholder) && sys_dup3(placeholder, slot, O_CLOEXEC) >= 0) {
        available |= bit(slot);
        return;
    }
    /* Somebody has closed the original. Given up, lest what was lent stays open: a pipe would never
     * end. */
    reserved &= ~bit(slot);
    sys_close(slot);
}

int slot_null(void) {
    int fd = null_device;
    if (!is_null_device(fd)) {
        fd = sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
        null_device = fd;
    }
    return fd;
}
