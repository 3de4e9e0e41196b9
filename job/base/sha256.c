#include "base/sha256.h"

#include "base/arena.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows are a few dozen bytes: gathered, so that the library is not called for each. */
enum { BUFFER_BYTES = 16 * 1024 };

struct Sha256 {
    EVP_MD_CTX *context;
    size_t used;
    unsigned char buffer[BUFFER_BYTES];
};

Sha256 *sha256_begin(void)
{
    Sha256 *hash = memory_alloc(1, sizeof *hash);
    hash->context = EVP_MD_CTX_new();
    int begun = hash->context != NULL && EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL);
    assert(begun); /* fails only without memory, or with a library without SHA-256 */
    return hash;
}

static void flush(Sha256 *hash)
{
    int added = EVP_DigestUpdate(hash->context, hash->buffer, hash->used);
    assert(added);
    hash->used = 0;
}

void sha256_add(Sha256 *hash, const void *bytes, size_t size)
{
    if (size > BUFFER_BYTES - hash->used) {
        flush(hash);
    }
    if (size > BUFFER_BYTES) {
        int added = EVP_DigestUpdate(hash->context, bytes, size);
        assert(added);
        return;
    }
    memcpy(hash->buffer + hash->used, bytes, size);
    hash->used += size;
}

void sha256_finish(Sha256 *hash, char hex[SHA256_HEX_BYTES])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    flush(hash);
    int finished = EVP_DigestFinal_ex(hash->context, digest, &size);
    assert(finished && size * 2 + 1 == SHA256_HEX_BYTES);
    for (unsigned int i = 0; i < size; i++) {
        (void)snprintf(hex + (size_t)i * 2, 3, "%02x", digest[i]);
    }
    EVP_MD_CTX_free(hash->context);
    free(hash);
}
