#include "manual/completion.h"

#include <string.h>

ValueKind completion_kind(const OptionText *option)
{
    const char *argument = option->argument;
    if (argument == NULL) {
        return VALUE_NONE;
    }
    static const struct {
        const char *argument;
        ValueKind kind;
    } names[] = {{"FILE", VALUE_FILE},
                 {"DIR", VALUE_FOLDER},
                 {"YYYY-MM", VALUE_PERIOD},
                 {"YYYY-MM-DD", VALUE_DAY}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(argument, names[i].argument) == 0) {
            return names[i].kind;
        }
    }
    return strchr(argument, '|') != NULL   ? VALUE_CHOICE
           : strchr(argument, ',') != NULL ? VALUE_LIST
                                           : VALUE_FREE;
}

const char *completion_words(const OptionText *option, char words[VALUE_WORDS_BYTES])
{
    (void)snprintf(words, VALUE_WORDS_BYTES, "%s", option->argument);
    for (char *byte = words; *byte != '\0'; byte++) {
        if (*byte == '|' || *byte == ',') {
            *byte = ' ';
        }
    }
    return words;
}

const char *completion_menu_text(const char *help, char text[MENU_TEXT_BYTES])
{
    size_t length = 0;
    while (help[length] != '\0' && help[length] != ';' && strncmp(help + length, ". ", 2) != 0) {
        length++;
    }
    (void)snprintf(text, MENU_TEXT_BYTES, "%.*s", (int)length, help);
    return text;
}
