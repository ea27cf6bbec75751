/*
 * Makes the disk fail: loaded in front of libc by LD_PRELOAD. While the file named by FAILING_IO exists, what it holds
 * fails with EIO for every file whose path has "busbar.db" in it: "write", "sync", or both.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(int fd, const char *what) {
  const char *control = getenv("FAILING_IO");
  char link[64], path[4096], wanted[64];
  ssize_t length;
  FILE *file;
  if (control == NULL || access(control, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strstr(path, "busbar.db") == NULL) return 0;
  file = fopen(control, "r");
  if (file == NULL) return 0;
  length = fread(wanted, 1, sizeof wanted - 1, file);
  fclose(file);
  wanted[length] = 0;
  return strstr(wanted, what) != NULL;
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))
#define FAIL_FOR(what)                                                                                                 \
  if (fails(fd, what)) {                                                                                               \
    errno = EIO;                                                                                                       \
    return -1;                                                                                                         \
  }

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  FAIL_FOR("write")
  return REAL(pwrite64)(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  FAIL_FOR("write")
  return REAL(pwrite)(fd, bytes, count, at);
}

int fsync(int fd) {
  FAIL_FOR("sync")
  return REAL(fsync)(fd);
}

int fdatasync(int fd) {
  FAIL_FOR("sync")
  return REAL(fdatasync)(fd);
}
