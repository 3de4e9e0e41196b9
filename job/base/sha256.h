/*
 * SHA-256 over text as it is written, by OpenSSL. One thread a Sha256.
 *
 * Call order: sha256_begin, sha256_add any number of times, sha256_finish (which frees it).
 */
#pragma once

#include <stddef.h>

enum { SHA256_HEX_BYTES = 65 };

typedef struct Sha256 Sha256;
Sha256 *sha256_begin(void);
void sha256_add(Sha256 *hash, const void *bytes, size_t size);
void sha256_finish(Sha256 *hash, char hex[SHA256_HEX_BYTES]);
