/* Sockets, allocations, threads, files and outputs. */
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What libpq does with its sockets. */

static bool socket_fails(int file, const char *call, int error, const void *caller)
{
    const char *module = inject_caller(caller);
    if (module == NULL || strncmp(module, "libpq", strlen("libpq")) != 0 ||
        !inject_hit(SOCKET, call, "")) {
        return false;
    }
    if (file >= 0) {
        (void)shutdown(file, SHUT_RDWR); /* a lost connection does not come back */
    }
    errno = error;
    return true;
}

ssize_t recv(int file, void *buffer, size_t size, int flags)
{
    return socket_fails(file, "recv", ECONNRESET, __builtin_return_address(0))
               ? -1
               : REAL(recv)(file, buffer, size, flags);
}

ssize_t send(int file, const void *buffer, size_t size, int flags)
{
    return socket_fails(file, "send", ECONNRESET, __builtin_return_address(0))
               ? -1
               : REAL(send)(file, buffer, size, flags);
}

int connect(int file, const struct sockaddr *address, socklen_t size)
{
    return socket_fails(file, "connect", ECONNREFUSED, __builtin_return_address(0))
               ? -1
               : REAL(connect)(file, address, size);
}

int socket(int domain, int type, int protocol)
{
    return socket_fails(-1, "socket", EMFILE, __builtin_return_address(0))
               ? -1
               : REAL(socket)(domain, type, protocol);
}

/* The connection lives on: only the wait for it failed. */
int poll(struct pollfd *files, nfds_t count, int timeout)
{
    return socket_fails(-1, "poll", ENOMEM, __builtin_return_address(0))
               ? -1
               : REAL(poll)(files, count, timeout);
}

/* Allocations: the job's own malloc stands before everybody's, and these are what it asks. */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static bool memory_fails(const char *call)
{
    if (!inject_hit(MEMORY, call, NULL)) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

void *__libc_malloc(size_t size)
{
    return memory_fails("malloc") ? NULL : REAL(__libc_malloc)(size);
}

void *__libc_calloc(size_t count, size_t size)
{
    return memory_fails("calloc") ? NULL : REAL(__libc_calloc)(count, size);
}

void *__libc_realloc(void *memory, size_t size)
{
    return memory_fails("realloc") ? NULL : REAL(__libc_realloc)(memory, size);
}

void *mmap64(void *place, size_t size, int protection, int flags, int file, off64_t offset)
{
    return memory_fails("mmap") ? MAP_FAILED
                                : REAL(mmap64)(place, size, protection, flags, file, offset);
}

/* Threads and files. */

static bool system_fails(const char *call, const char *detail, const void *caller)
{
    if (inject_caller(caller) == NULL || !inject_hit(SYSTEM, call, detail)) {
        return false;
    }
    errno = atoi(inject_fault.code);
    return true;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument)
{
    return system_fails("pthread_create", "", __builtin_return_address(0))
               ? EAGAIN
               : REAL(pthread_create)(thread, attributes, start, argument);
}

int open64(const char *path, int flags, ...)
{
    return system_fails("open", path, __builtin_return_address(0)) ? -1 : REAL(open64)(path, flags);
}

FILE *fopen64(const char *path, const char *mode)
{
    return system_fails("fopen", path, __builtin_return_address(0)) ? NULL
                                                                    : REAL(fopen64)(path, mode);
}

int fstat64(int file, struct stat64 *status)
{
    return system_fails("fstat", "", __builtin_return_address(0)) ? -1
                                                                  : REAL(fstat64)(file, status);
}

ssize_t read(int file, void *buffer, size_t size)
{
    return system_fails("read", "", __builtin_return_address(0)) ? -1
                                                                 : REAL(read)(file, buffer, size);
}

/* What is written to stdout and stderr goes through streams of ours. */

static const int output_files[] = {STDOUT_FILENO, STDERR_FILENO};

static ssize_t write_output(void *cookie, const char *bytes, size_t size)
{
    const int *file = cookie;
    if (inject_hit(*file == STDOUT_FILENO ? STDOUT : STDERR, "write", "")) {
        errno = atoi(inject_fault.code);
        return 0;
    }
    return write(*file, bytes, size);
}

static FILE *open_output(const int *file, int buffering)
{
    static const cookie_io_functions_t functions = {.write = write_output};
    FILE *stream = fopencookie((void *)(uintptr_t)file, "w", functions);
    if (stream == NULL || setvbuf(stream, NULL, buffering, BUFSIZ) != 0) {
        abort();
    }
    return stream;
}

void inject_outputs(void)
{
    stdout = open_output(&output_files[0], _IOLBF);
    stderr = open_output(&output_files[1], _IONBF);
}
