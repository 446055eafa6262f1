/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: files below CLOCKSHIFT_BELOW are on another file system, whose clock is CLOCKSHIFT_SECONDS ahead. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long shift_of(int dir, const char *path) {
    const char *below = getenv("CLOCKSHIFT_BELOW"), *seconds = getenv("CLOCKSHIFT_SECONDS");
    char base[PATH_MAX] = "", link[64], full[2 * PATH_MAX];
    ssize_t n = 0;
    if (!below || !seconds) return 0;
    if (!path || path[0] != '/') {
        if (dir == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
            n = readlink(link, base, sizeof base - 1);
            if (n < 0) return 0;
            base[n] = 0;
        }
    }
    snprintf(full, sizeof full, "%s/%s", base, path ? path : "");
    return strstr(full, below) ? atol(seconds) : 0;
}

#define OTHER_DEVICE 0x1000
#define SHIFTED(s, by) \
    if (by) { (s)->st_mtim.tv_sec += by; (s)->st_ctim.tv_sec += by; (s)->st_dev ^= OTHER_DEVICE; }
#define BY_PATH(name, type) \
    int name(const char *path, struct type *s) { \
        int (*real)(const char *, struct type *) = dlsym(RTLD_NEXT, #name); \
        int r = real(path, s); long by = r ? 0 : shift_of(AT_FDCWD, path); SHIFTED(s, by) return r; }
#define BY_FD(name, type) \
    int name(int fd, struct type *s) { \
        int (*real)(int, struct type *) = dlsym(RTLD_NEXT, #name); \
        int r = real(fd, s); long by = r ? 0 : shift_of(fd, 0); SHIFTED(s, by) return r; }
#define AT(name, type) \
    int name(int dir, const char *path, struct type *s, int flags) { \
        int (*real)(int, const char *, struct type *, int) = dlsym(RTLD_NEXT, #name); \
        int r = real(dir, path, s, flags); long by = r ? 0 : shift_of(dir, path); SHIFTED(s, by) return r; }

BY_PATH(stat, stat) BY_PATH(lstat, stat) BY_FD(fstat, stat) AT(fstatat, stat)
BY_PATH(stat64, stat64) BY_PATH(lstat64, stat64) BY_FD(fstat64, stat64) AT(fstatat64, stat64)

int statx(int dir, const char *path, int flags, unsigned mask, struct statx *s) {
    int (*real)(int, const char *, int, unsigned, struct statx *) = dlsym(RTLD_NEXT, "statx");
    int r = real(dir, path, flags, mask, s);
    long by = r ? 0 : shift_of(dir, path && *path ? path : 0);
    if (by) { s->stx_mtime.tv_sec += by; s->stx_ctime.tv_sec += by; s->stx_dev_minor ^= OTHER_DEVICE; }
    return r;
}
