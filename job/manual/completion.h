/*
 * What a shell can complete of an option's value, told from the form of its argument (see
 * OptionText).
 */
#pragma once

#include "command/options.h"

typedef enum ValueKind {
    VALUE_NONE,   /* the option takes none */
    VALUE_FREE,   /* nothing to complete */
    VALUE_CHOICE, /* one of words */
    VALUE_LIST,   /* words with commas between them */
    VALUE_FILE,
    VALUE_FOLDER,
    VALUE_PERIOD,
    VALUE_DAY,
} ValueKind;

ValueKind completion_kind(const OptionText *option);

enum { VALUE_WORDS_BYTES = 128 };

/* The words of VALUE_CHOICE and VALUE_LIST with spaces between them; returns `words`. */
const char *completion_words(const OptionText *option, char words[VALUE_WORDS_BYTES]);

enum { MENU_TEXT_BYTES = 256 };

/* A help text's first phrase, up to ";" or ". ", for a menu; returns `text`. */
const char *completion_menu_text(const char *help, char text[MENU_TEXT_BYTES]);
