/* Preloaded into a program, makes its file calls fail: WF_FAULT=CALL:ERRNO:N fails the N-th call of that
 * name, N=0 every other one; ERRNO 0 cuts a write or read to one byte. CALL `any` stands for all. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

/* -1: go on; 0: cut; else the errno to fail with. */
static int fault(const char *name) {
  static char wanted[32];
  static long number, at = -1;
  if (at < 0) {
    const char *text = getenv("WF_FAULT");
    if (!text || sscanf(text, "%31[a-z]:%ld:%ld", wanted, &number, &at) != 3) at = 1L << 60;
  }
  if (strcmp(wanted, name) != 0 && strcmp(wanted, "any") != 0) return -1;
  long count = atomic_fetch_add(&calls, 1) + 1;
  if (at == 0 ? count % 2 == 1 : count == at) return (int)number;
  return -1;
}

#define REAL(type, name) \
  static __typeof__(type) real; \
  if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, name)

#define FAIL(name) \
  int number = fault(name); \
  if (number > 0) { errno = number; return -1; }

static int is_plain(int file) {
  struct stat status;
  return file > 2 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(ssize_t (*)(int, const void *, size_t), "write");
  if (!is_plain(file)) return real(file, bytes, count);
  FAIL("write");
  return real(file, bytes, number == 0 && count > 0 ? 1 : count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  REAL(ssize_t (*)(int, const void *, size_t, off_t), "pwrite");
  FAIL("write");
  return real(file, bytes, number == 0 && count > 0 ? 1 : count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  return pwrite(file, bytes, count, offset);
}

ssize_t read(int file, void *bytes, size_t count) {
  REAL(ssize_t (*)(int, void *, size_t), "read");
  if (!is_plain(file)) return real(file, bytes, count);
  FAIL("read");
  return real(file, bytes, number == 0 && count > 0 ? 1 : count);
}

int open(const char *path, int flags, ...) {
  REAL(int (*)(const char *, int, ...), "open");
  va_list rest;
  va_start(rest, flags);
  mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  FAIL("open");
  return real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open(path, flags, mode);
}

int fsync(int file) {
  REAL(int (*)(int), "fsync");
  FAIL("fsync");
  return real(file);
}

int rename(const char *old, const char *new) {
  REAL(int (*)(const char *, const char *), "rename");
  FAIL("rename");
  return real(old, new);
}

int unlink(const char *path) {
  REAL(int (*)(const char *), "unlink");
  FAIL("unlink");
  return real(path);
}

int mkdir(const char *path, mode_t mode) {
  REAL(int (*)(const char *, mode_t), "mkdir");
  FAIL("mkdir");
  return real(path, mode);
}

int symlink(const char *text, const char *path) {
  REAL(int (*)(const char *, const char *), "symlink");
  FAIL("symlink");
  return real(text, path);
}
