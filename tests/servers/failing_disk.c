/* Preloaded before libc: fsync, fdatasync and writev fail with EIO while the file $FAIL_FLAG exists.
   A failed fsync works again at the next call, as Linux's does: what it lost stays lost. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

static int failing(const char *what) {
    const char *flag = getenv("FAIL_FLAG"), *only = getenv("FAIL_ONLY");
    if (!flag || access(flag, F_OK) != 0) return 0;
    for (; *what && *only == *what; what++, only++) {}
    if (*what || *only) return 0;
    errno = EIO;
    return 1;
}

int fsync(int fd) {
    if (failing("sync")) return -1;
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    if (failing("sync")) return -1;
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}

ssize_t writev(int fd, const struct iovec *iov, int n) {
    if (failing("write")) return -1;
    return ((ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev"))(fd, iov, n);
}
