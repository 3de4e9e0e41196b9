#include "command/surroundings.h"

#if !defined TIERCLOSE_DEFAULT_CONFIG || !defined TIERCLOSE_DATA_FOLDER
#error "TIERCLOSE_DEFAULT_CONFIG, TIERCLOSE_DATA_FOLDER: where things are installed, by meson.build"
#endif

static const Surrounding environment[] = {
    {"TIERCLOSE_CONFIG", "the programme, where --config does not name it"},
    {"PGHOST, PGPORT, PGDATABASE, PGUSER, PGSERVICE",
     "the database, where --dsn does not say it; libpq's other variables hold as well"},
    {"PGPASSFILE, PGSERVICEFILE",
     "the password file and the service file, where they are not those "
     "below"},
    {"TERM",
     "progress is a line that changes in place; where this is dumb or not set, and in files "
     "and pipes, plain lines"},
    {"TMPDIR", "where `report --check` makes a report once more, to compare; else /tmp"},
    {"NO_COLOR", "always respected: there are no colours"},
};

static const Surrounding files[] = {
    {TIERCLOSE_DEFAULT_CONFIG, "the programme, where neither --config nor TIERCLOSE_CONFIG names "
                               "one; an upgrade leaves it as it is"},
    {TIERCLOSE_DATA_FOLDER "/*.yaml",
     "the programmes that ship; aliexpress.yaml is the default and explains the keys"},
    {TIERCLOSE_DATA_FOLDER "/sql",
     "the schema, a sqitch project: `sqitch -C " TIERCLOSE_DATA_FOLDER "/sql deploy db:pg:NAME`"},
    {"~/.pg_service.conf", "names of databases, for --dsn service=NAME"},
    {"~/.pgpass", "passwords, mode 0600"},
};

const Surrounding *environment_table(size_t *ret_count)
{
    *ret_count = sizeof environment / sizeof environment[0];
    return environment;
}

const Surrounding *file_table(size_t *ret_count)
{
    *ret_count = sizeof files / sizeof files[0];
    return files;
}
