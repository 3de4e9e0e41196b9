#include "base/error.h"

#include "base/character.h"

#include <stdio.h>
#include <string.h>

bool error_set(Error *reterr, ExitCode code, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reterr->code = code;
    (void)vsnprintf(reterr->message, sizeof reterr->message, format, arguments);
    va_end(arguments);
    character_make_printable(reterr->message);
    (void)snprintf(reterr->hint, sizeof reterr->hint, "%s", hint == NULL ? "" : hint);
    return false;
}

bool error_prefix(Error *reterr, const char *format, ...)
{
    /* Half the room at most: a long context must not hide what went wrong. */
    char prefix[ERROR_MESSAGE_BYTES / 2];
    char message[ERROR_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    memcpy(message, reterr->message, sizeof message);
    size_t room = sizeof reterr->message - strlen(prefix);
    (void)snprintf(reterr->message, sizeof reterr->message, "%s: %.*s", prefix, (int)room, message);
    return false;
}
