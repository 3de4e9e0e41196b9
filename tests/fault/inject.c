#include "inject.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MODULES_MAX = 16, MODULE_NAME_BYTES = 24, FRAMES_MAX = 10 };

typedef struct Module {
    uintptr_t from;
    uintptr_t until;
    char name[MODULE_NAME_BYTES];
} Module;

Report *inject_report;
Fault inject_fault;
unsigned inject_rows;
static atomic_bool counts_begun;
static Module modules[MODULES_MAX];
static size_t module_count;
/* What this library itself calls is not counted. */
static __thread bool inside __attribute__((tls_model("initial-exec")));

void *inject_real(const char *name)
{
    bool was_inside = inside;
    inside = true;
    void *function = dlsym(RTLD_NEXT, name);
    inside = was_inside;
    if (function == NULL) {
        abort();
    }
    return function;
}

static const Module *module_of(const void *place)
{
    for (size_t i = 0; i < module_count; i++) {
        if ((uintptr_t)place >= modules[i].from && (uintptr_t)place < modules[i].until) {
            return &modules[i];
        }
    }
    return NULL;
}

const char *inject_caller(const void *caller)
{
    const Module *module = module_of(caller);
    return module == NULL ? NULL : module->name;
}

/* The callers that this library knows, the nearest first. */
static void describe_callers(char text[DETAIL_BYTES])
{
    void *places[FRAMES_MAX];
    int count = backtrace(places, FRAMES_MAX);
    size_t used = 0;
    for (int i = 0; i < count && used < DETAIL_BYTES; i++) {
        const Module *module = module_of(places[i]);
        if (module != NULL) {
            used += (size_t)snprintf(text + used, DETAIL_BYTES - used, "%s+0x%zx ", module->name,
                                     (size_t)((uintptr_t)places[i] - module->from));
        }
    }
}

static bool is_due(Family family, uint64_t number)
{
    const Fault *fault = &inject_fault;
    return family == fault->family && fault->at > 0 &&
           (fault->kind == FAIL_ALWAYS ? number >= fault->at : number == fault->at);
}

bool inject_hit(Family family, const char *call, const char *detail)
{
    if (inject_report == NULL || inside) {
        return false;
    }
    if (family == LIBPQ) {
        atomic_store(&counts_begun, true);
    }
    if (!atomic_load(&counts_begun) ||
        (inject_fault.call[0] != '\0' && strcmp(inject_fault.call, call) != 0) ||
        !is_due(family, atomic_fetch_add(&inject_report->counts[family], 1) + 1)) {
        return false;
    }
    inside = true;
    if (atomic_fetch_add(&inject_report->hits, 1) == 0) {
        (void)snprintf(inject_report->call, CALL_BYTES, "%s", call);
        if (detail == NULL) {
            describe_callers(inject_report->detail);
        } else {
            (void)snprintf(inject_report->detail, DETAIL_BYTES, "%s", detail);
        }
    }
    if (inject_fault.kind == SIGNAL) {
        (void)pthread_kill(pthread_self(), atoi(inject_fault.code)); /* arrives before it returns */
    }
    inside = false;
    return inject_fault.kind != SIGNAL;
}

void inject_note_commit(uint64_t counts[FAMILIES])
{
    for (size_t i = 0; i < FAMILIES; i++) {
        counts[i] = atomic_load(&inject_report->counts[i]);
    }
}

static int add_module(struct dl_phdr_info *info, size_t size, void *context)
{
    static const char *const counted[] = {"libpq.", "libyaml", "libjansson", "libcrypto", "libc."};
    (void)size;
    (void)context;
    const char *slash = strrchr(info->dlpi_name, '/');
    const char *name = slash == NULL ? info->dlpi_name : slash + 1;
    bool counts = name[0] == '\0'; /* the program itself */
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        counts = counts || strncmp(name, counted[i], strlen(counted[i])) == 0;
    }
    if (!counts || module_count == MODULES_MAX || info->dlpi_phnum == 0) {
        return 0;
    }
    Module *module = &modules[module_count++];
    *module = (Module){.from = info->dlpi_addr};
    (void)snprintf(module->name, MODULE_NAME_BYTES, "%s", name[0] == '\0' ? "tierclose" : name);
    for (size_t part = 0; part < info->dlpi_phnum; part++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[part];
        uintptr_t end = info->dlpi_addr + header->p_vaddr + header->p_memsz;
        if (header->p_type == PT_LOAD && end > module->until) {
            module->until = end;
        }
    }
    return 0;
}

static const char *setting(const char *name)
{
    const char *text = getenv(name);
    if (text == NULL) {
        (void)fprintf(stderr, "inject: %s is not set\n", name);
        abort();
    }
    return text;
}

/* Which of the words `text` begins with. */
static size_t find_word(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(text, words[i], strlen(words[i])) == 0) {
            return i;
        }
    }
    (void)fprintf(stderr, "inject: what is %s?\n", text);
    abort();
}

static void read_settings(void)
{
    static const char *const families[] = {"libpq",  "socket", "memory",
                                           "stdout", "stderr", "system"};
    static const char *const kinds[] = {"error:", "always:", "reset:", "signal:"};
    const char *kind = setting("INJECT_KIND");
    inject_fault = (Fault){
        .family = (Family)find_word(setting("INJECT_FAMILY"), families, FAMILIES),
        .kind = (Kind)find_word(kind, kinds, sizeof kinds / sizeof kinds[0]),
        .at = strtoull(setting("INJECT_AT"), NULL, 10),
    };
    inject_rows = (unsigned)atoi(setting("INJECT_ROWS"));
    (void)snprintf(inject_fault.call, CALL_BYTES, "%s", setting("INJECT_CALL"));
    (void)snprintf(inject_fault.code, CODE_BYTES, "%s", strchr(kind, ':') + 1);
    atomic_store(&counts_begun, strcmp(setting("INJECT_FROM"), "main") == 0);
}

void inject_pause(bool paused)
{
    inside = paused;
}

static Report *map_report(void)
{
    int file = open(setting("INJECT_REPORT"), O_RDWR | O_CLOEXEC);
    void *memory = mmap(NULL, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || memory == MAP_FAILED) {
        (void)fprintf(stderr, "inject: there is no file for the report\n");
        abort();
    }
    (void)close(file);
    return memory;
}

static int (*job_main)(int, char **, char **);

static int begin(int argc, char **argv, char **environment)
{
    read_settings();
    (void)dl_iterate_phdr(add_module, NULL);
    Report *report = map_report();
    if (inject_fault.family == STDOUT || inject_fault.family == STDERR) {
        inject_outputs();
    }
    inject_report = report;
    return job_main(argc, argv, environment);
}

int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*loader_fini)(void),
                      void *stack_end);

/* Libraries have been set up by now, and none of that is counted. */
int __libc_start_main(int (*program)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*loader_fini)(void),
                      void *stack_end)
{
    job_main = program;
    return REAL(__libc_start_main)(begin, argc, argv, init, fini, loader_fini, stack_end);
}
