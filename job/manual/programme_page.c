/*
 * programme.yaml(5).
 */
#include "command/surroundings.h"
#include "config/forms.h"
#include "manual/manual.h"
#include "manual/page.h"

#include <string.h>

enum { LINE_BYTES = 512, NOTE_BYTES = 128, EXAMPLE_COLUMNS = 72 };

static void write_key(FILE *out, const MapKey *key)
{
    char note[NOTE_BYTES] = "required";
    if (!key->required && key->fallback != NULL) {
        (void)snprintf(note, sizeof note, "default: %s", key->fallback);
    }
    page_tag(out, key->name, NULL, key->required || key->fallback != NULL ? note : NULL);
    page_text(out, key->help);
}

static void write_form(FILE *out, const MapForm *form)
{
    if (form->where[0] != '\0') {
        page_subheading(out, form->where);
    }
    for (size_t i = 0; i < form->key_count; i++) {
        write_key(out, &form->keys[i]);
    }
}

/* The length of a line without its comment and what is before that. No text of ours holds " #". */
static size_t content_length(const char *line)
{
    const char *comment = line[0] == '#' ? line : strstr(line, " #");
    size_t length = comment == NULL ? strlen(line) : (size_t)(comment - line);
    while (length > 0 && strchr(" \n", line[length - 1]) != NULL) {
        length--;
    }
    return length;
}

/* A map or list in braces goes on in the next line where it is too wide: YAML allows that. */
static void write_example_line(FILE *out, const char *line)
{
    char part[LINE_BYTES];
    size_t indent = strcspn(line, "{[") + 1;
    (void)snprintf(part, sizeof part, "%s", line);
    while (strlen(part) > EXAMPLE_COLUMNS && indent < EXAMPLE_COLUMNS) {
        size_t end = EXAMPLE_COLUMNS;
        while (end > indent && memcmp(part + end - 2, ", ", 2) != 0) {
            end--;
        }
        if (end <= indent) {
            break;
        }
        char rest[LINE_BYTES];
        (void)snprintf(rest, sizeof rest, "%*s%s", (int)indent, "", part + end);
        part[end - 1] = '\0';
        page_example_line(out, part);
        memcpy(part, rest, sizeof part);
    }
    page_example_line(out, part);
}

static void write_example(FILE *out, FILE *example)
{
    char line[LINE_BYTES];
    page_example_begin(out);
    while (fgets(line, sizeof line, example) != NULL) {
        size_t length = content_length(line);
        line[length] = '\0';
        if (length > 0) {
            write_example_line(out, line);
        }
    }
    page_example_end(out);
}

void manual_write_programme_page(FILE *out, FILE *example)
{
    size_t count = 0;
    page_begin(out, "PROGRAMME.YAML", "5", "File Formats");
    page_heading(out, "NAME");
    (void)fputs("programme.yaml \\- the rules of a loyalty programme, for tierclose\n", out);
    page_heading(out, "DESCRIPTION");
    page_paragraphs(
        out,
        "A programme is one YAML file. Amounts, multipliers and points_per_unit are decimals with "
        "at most two places; points and limits are whole numbers. Unknown and doubled keys are "
        "errors. `tierclose check` shows the programme as it was understood, or a mistake with "
        "file, line and column; every command refuses a wrong file before it reads or writes "
        "anything.\n\n"
        "Change rules by an entry that begins with a later month: an edit of the one in force also "
        "changes the month that is not final yet.");
    page_heading(out, "KEYS");
    const MapForm *const *forms = config_forms(&count);
    for (size_t i = 0; i < count; i++) {
        write_form(out, forms[i]);
    }
    page_heading(out, "EXAMPLES");
    (void)fputs("The programme that ships as the default, without its comments:\n", out);
    write_example(out, example);
    page_heading(out, "FILES");
    const Surrounding *files = file_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (strstr(files[i].name, ".yaml") != NULL) {
            page_tag(out, files[i].name, NULL, NULL);
            page_text(out, files[i].meaning);
        }
    }
    page_heading(out, "SEE ALSO");
    (void)fputs(".BR tierclose (1)\n", out);
}
