/*
 * Reads a programme file (contract 10): YAML to an immutable Programme in the arena.
 *
 * Every error is EXIT_CONFIG and reads "FILE:LINE:COLUMN: what is wrong", with a hint that says
 * what is allowed; a file that cannot be read at all has no line ("FILE: is a directory"). Lines
 * and columns count from 1, columns in characters. The first error found ends the loading.
 *
 * What only the database knows (the time zone's name, the numbers of kinds) is checked by ledger/,
 * which uses the places kept in the Programme.
 *
 * How it is built: characters.h looks at the bytes, yaml_tree.h makes a tree of nodes, reader.h
 * reads one value with its errors, and the load_*.c files say what a programme may hold (parts.h).
 * Thread-safe as long as each thread has its own arena.
 */
#pragma once

#include "base/arena.h"
#include "programme/rules.h"

enum { CONFIG_BYTES_MAX = 1024 * 1024, CONFIG_DEPTH_MAX = 20 };

/* Reads the file at `path`; the Programme and all it points to live in the arena. */
MUST_CHECK bool config_load_file(Arena *arena, const char *path, const Programme **ret_programme,
                                 Error *reterr);

/* The same from memory; `name` stands for the file in errors. Used by tests and the fuzzer. */
MUST_CHECK bool config_load_text(Arena *arena, const char *name, const char *text, size_t length,
                                 const Programme **ret_programme, Error *reterr);
