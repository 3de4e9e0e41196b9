#include "base/error.h"

#include <stdio.h>
#include <string.h>

bool error_set(Error *reterr, ExitCode code, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reterr->code = code;
    (void)vsnprintf(reterr->message, sizeof reterr->message, format, arguments);
    va_end(arguments);
    (void)snprintf(reterr->hint, sizeof reterr->hint, "%s", hint == NULL ? "" : hint);
    return false;
}

bool error_prefix(Error *reterr, const char *format, ...)
{
    char prefix[ERROR_MESSAGE_BYTES];
    char message[ERROR_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    memcpy(message, reterr->message, sizeof message);
    /* A message cut at the end is better than none: the context comes first. */
    size_t used = (size_t)snprintf(reterr->message, sizeof reterr->message, "%.500s: ", prefix);
    (void)snprintf(reterr->message + used, sizeof reterr->message - used, "%s", message);
    return false;
}
