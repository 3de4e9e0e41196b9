#include "ledger/dsn.h"

#include <libpq-fe.h>
#include <string.h>

/* As libpq decides it: a connection string, or just the name of a database. */
static bool is_connection_string(const char *dsn)
{
    return strncmp(dsn, "postgresql://", strlen("postgresql://")) == 0 ||
           strncmp(dsn, "postgres://", strlen("postgres://")) == 0 || strchr(dsn, '=') != NULL;
}

/*
 * In a URI, a password with an unescaped @, / or ? makes libpq take a part of it for a host or a
 * port, and name it in its message. Such a URI has an @ that does not end the user's part.
 */
static bool has_stray_at(const char *dsn)
{
    const char *scheme = strstr(dsn, "://");
    if (strncmp(dsn, "postgres", strlen("postgres")) != 0 || scheme == NULL) {
        return false;
    }
    const char *authority = scheme + strlen("://");
    const char *at = strchr(authority, '@');
    if (at == NULL) {
        return false;
    }
    return strchr(at + 1, '@') != NULL || authority + strcspn(authority, "/?") < at;
}

/* What nobody may read over a shoulder: libpq marks its fields of passwords with a star; newer
 * versions have a few more. */
static bool is_secret(const PQconninfoOption *option)
{
    static const char *const others[] = {"oauth_client_secret", "scram_client_key",
                                         "scram_server_key"};
    bool secret = option->dispchar[0] == '*';
    for (size_t index = 0; index < sizeof others / sizeof others[0]; index++) {
        secret = secret || strcmp(option->keyword, others[index]) == 0;
    }
    return secret && option->val != NULL && option->val[0] != '\0';
}

static void free_given(PQconninfoOption **given)
{
    PQconninfoFree(*given);
    *given = NULL;
}
#define CLEANUP_GIVEN __attribute__((cleanup(free_given)))

bool dsn_check(const char *dsn, bool *ret_names_service, Error *reterr)
{
    if (dsn == NULL || !is_connection_string(dsn)) {
        *ret_names_service = false;
        return true;
    }
    /* libpq's message would quote the string, and with it perhaps a password. */
    char *message = NULL;
    CLEANUP_GIVEN PQconninfoOption *given = PQconninfoParse(dsn, &message);
    PQfreemem(message);
    if (given == NULL || has_stray_at(dsn)) {
        return error_set(reterr, EXIT_USAGE,
                         "write \"host=... dbname=... user=...\" or postgresql://user@host/"
                         "database, there with % and two hex digits for @ : / ? in a value; "
                         "keep the password in ~/.pgpass.",
                         "the connection string of --dsn cannot be read");
    }
    bool service = false;
    for (const PQconninfoOption *option = given; option->keyword != NULL; option++) {
        if (is_secret(option)) {
            return error_set(reterr, EXIT_USAGE,
                             "every user of the machine can read a command line: keep the password "
                             "in ~/.pgpass, or in the service file for service=NAME.",
                             "--dsn holds a secret (%s)", option->keyword);
        }
        service = service || (strcmp(option->keyword, "service") == 0 && option->val != NULL);
    }
    *ret_names_service = service;
    return true;
}
