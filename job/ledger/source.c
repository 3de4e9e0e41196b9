#include "ledger/source.h"

#include "base/arena.h"
#include "ledger/copy_decode.h"
#include "ledger/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A column of contract 7.1. Optional ones are not read, or not always; if they are there, they have
 * this type. */
typedef struct ExpectedColumn {
    const char *name;
    const char *type; /* as format_type says it */
    bool optional;
} ExpectedColumn;

static const ExpectedColumn member_columns[] = {
    {"member_id", "bigint", false},
    {"registered_on", "date", false},
    {"closed_on", "date", false},
    {"birth_date", "date", true},
    {NULL, NULL, false},
};
static const ExpectedColumn event_columns[] = {
    {"event_id", "bigint", false},
    {"member_id", "bigint", false},
    {"kind", "smallint", false},
    {"occurred_at", "timestamp with time zone", false},
    {"order_id", "bigint", false},
    {"item_cents", "bigint", false},
    {"discount_cents", "bigint", false},
    {"shipping_cents", "bigint", true},
    {"category_ids", "integer[]", false},
    {"points", "integer", false},
    {"recorded_at", "timestamp with time zone", true},
    {"recorded_xid", "xid8", true},
    {NULL, NULL, false},
};
static const ExpectedColumn kind_columns[] = {
    {"kind", "smallint", false},
    {"name", "text", false},
    {NULL, NULL, false},
};

static const char schema_hint[] =
    "deploy sql/, or give views with the columns that a close reads and name them under source: "
    "(README, Your own data).";

/* What the catalogs say about a relation. */
typedef struct Relation {
    char *name; /* quoted */
    int64_t oid;
    char kind;   /* pg_class.relkind */
    bool direct; /* a table whose every row a plain COPY gives */
} Relation;

/* Reads the relation's entry by its quoted name. */
static bool look_up(Connection *connection, const char *given, Relation *relation, Error *reterr)
{
    /* A plain COPY gives no rows of inheriting tables and refuses generated columns. */
    static const char sql[] = "select c.oid::bigint, c.relkind::text,\n"
                              "       c.relkind = 'r' and not c.relhassubclass and not exists (\n"
                              "           select from pg_catalog.pg_attribute a\n"
                              "           where a.attrelid = c.oid and a.attgenerated <> '')\n"
                              "from pg_catalog.pg_class c\n"
                              "where c.oid = pg_catalog.to_regclass($1)";
    const char *values[] = {relation->name};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 1, values, &result, reterr)) {
        return false;
    }
    if (PQntuples(result) == 0) {
        return error_set(reterr, EXIT_CONFIG, schema_hint, "%.150s: no such table or view", given);
    }
    const char *kind = NULL;
    if (!query_int64(result, 0, 0, &relation->oid, reterr) ||
        !query_text(result, 0, 1, &kind, reterr) ||
        !query_bool(result, 0, 2, &relation->direct, reterr)) {
        return false;
    }
    if (strchr("rpvmf", kind[0]) == NULL) {
        return error_set(reterr, EXIT_CONFIG, schema_hint, "%.150s is no table or view", given);
    }
    relation->kind = kind[0];
    return true;
}

/*
 * Holds the relation until the transaction ends, and finds out whether it may be read. LOCK TABLE
 * takes tables and views, in a transaction only; reading no row does the same for the others.
 */
static bool hold(Connection *connection, const char *given, const Relation *relation, Error *reterr)
{
    bool lockable = strchr("rpv", relation->kind) != NULL &&
                    PQtransactionStatus(connection->handle) == PQTRANS_INTRANS;
    CLEANUP_TEXT char *sql = lockable
                                 ? text_printf("lock table %s in access share mode", relation->name)
                                 : text_printf("select from %s limit 0", relation->name);
    if (!connection_execute(connection, sql, reterr)) {
        return error_prefix(reterr, "%.150s", given);
    }
    return true;
}

/* Finds the relation `given` of the configuration; ret_relation->name is the caller's to free. */
static bool find_relation(Connection *connection, const char *given, Relation *ret_relation,
                          Error *reterr)
{
    Relation relation = {0};
    size_t parts = 0;
    if (!query_quote_name(connection, given, &relation.name, &parts, reterr)) {
        return false;
    }
    bool good = parts == 2;
    if (!good) {
        (void)error_set(reterr, EXIT_CONFIG, "write it as schema.name, for example loyalty.member.",
                        "the table %.150s is named without its schema", given);
    }
    if (!good || !look_up(connection, given, &relation, reterr) ||
        !hold(connection, given, &relation, reterr)) {
        free(relation.name);
        return false;
    }
    *ret_relation = relation;
    return true;
}

/* Of check_columns' answer. */
enum { COLUMN_NAME, COLUMN_TYPE, COLUMN_NOT_NULL };

static const char *column_fact(const PGresult *columns, const char *name, int fact)
{
    for (int row = 0; row < PQntuples(columns); row++) {
        if (strcmp(PQgetvalue(columns, row, COLUMN_NAME), name) == 0) {
            return PQgetvalue(columns, row, fact);
        }
    }
    return NULL;
}

static const char *column_type(const PGresult *columns, const char *name)
{
    return column_fact(columns, name, COLUMN_TYPE);
}

static bool column_may_be_null(const PGresult *columns, const char *name)
{
    const char *not_null = column_fact(columns, name, COLUMN_NOT_NULL);
    return not_null != NULL && strcmp(not_null, "t") != 0;
}

/* The relation's columns (name, type, whether declared not null), which must be there with the
 * expected types. */
static bool check_columns(Connection *connection, const char *given, const Relation *relation,
                          const ExpectedColumn *expected, PGresult **ret_columns, Error *reterr)
{
    static const char sql[] =
        "select a.attname, pg_catalog.format_type(a.atttypid, null), a.attnotnull\n"
        "from pg_catalog.pg_attribute a\n"
        "where a.attrelid = $1::bigint::oid and a.attnum > 0 and not a.attisdropped";
    CLEANUP_TEXT char *oid = text_printf("%lld", (long long)relation->oid);
    const char *values[] = {oid};
    CLEANUP_RESULT PGresult *columns = NULL;
    if (!query_run(connection, sql, 1, values, &columns, reterr)) {
        return false;
    }
    for (; expected->name != NULL; expected++) {
        const char *type = column_type(columns, expected->name);
        if (type == NULL && !expected->optional) {
            return error_set(reterr, EXIT_CONFIG, schema_hint, "%.150s has no column %s (%s)",
                             given, expected->name, expected->type);
        }
        if (type != NULL && strcmp(type, expected->type) != 0) {
            return error_set(reterr, EXIT_CONFIG, schema_hint,
                             "%.150s: the column %s has the type %.100s, not %s", given,
                             expected->name, type, expected->type);
        }
    }
    *ret_columns = columns;
    columns = NULL;
    return true;
}

/* Takes a relation's name into the Source and checks it. */
static bool open_relation(Connection *connection, const char *given, const ExpectedColumn *expected,
                          Relation *ret_relation, char **ret_name, PGresult **ret_columns,
                          Error *reterr)
{
    Relation relation = {0};
    if (!find_relation(connection, given, &relation, reterr)) {
        return false;
    }
    *ret_name = relation.name; /* the Source frees it, also where the check fails */
    if (!check_columns(connection, given, &relation, expected, ret_columns, reterr)) {
        return false;
    }
    *ret_relation = relation;
    return true;
}

/* Whether an index allows each event_id once, or once at a time. */
static bool find_unique(Connection *connection, const Relation *relation, bool *ret_unique,
                        Error *reterr)
{
    static const char sql[] =
        "select exists (\n"
        "    select from pg_catalog.pg_index i\n"
        "    where i.indrelid = $1::bigint::oid and i.indisunique and i.indisvalid\n"
        "      and i.indimmediate and i.indpred is null and i.indexprs is null\n"
        "      and (select pg_catalog.bool_or(a.attname = 'event_id')\n"
        "                  and pg_catalog.bool_and(a.attname in ('event_id', 'occurred_at'))\n"
        "           from pg_catalog.generate_series(0, i.indnkeyatts - 1) k\n"
        "           join pg_catalog.pg_attribute a\n"
        "             on a.attrelid = i.indrelid and a.attnum = i.indkey[k]))";
    CLEANUP_TEXT char *oid = text_printf("%lld", (long long)relation->oid);
    const char *values[] = {oid};
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection, sql, 1, values, &result, reterr) &&
           query_bool(result, 0, 0, ret_unique, reterr);
}

static bool open_events(Connection *connection, const char *given, Source *source, Error *reterr)
{
    Relation relation = {0};
    CLEANUP_RESULT PGresult *columns = NULL;
    if (!open_relation(connection, given, event_columns, &relation, &source->events, &columns,
                       reterr)) {
        return false;
    }
    if (!find_unique(connection, &relation, &source->events_unique, reterr)) {
        return false;
    }
    source->events_oid = relation.oid;
    source->events_partitioned = relation.kind == 'p';
    source->has_recorded_at = column_type(columns, "recorded_at") != NULL;
    source->has_recorded_xid = column_type(columns, "recorded_xid") != NULL;
    source->late_method = source->has_recorded_xid  ? LATE_EXACT
                          : source->has_recorded_at ? LATE_BY_TIME
                                                    : LATE_UNKNOWN;
    source->times_may_be_null = column_may_be_null(columns, "occurred_at");
    source->recorded_may_be_null = column_may_be_null(
        columns, source->late_method == LATE_EXACT ? "recorded_xid" : "recorded_at");
    return true;
}

static bool open_members(Connection *connection, const char *given, Source *source, Error *reterr)
{
    Relation relation = {0};
    CLEANUP_RESULT PGresult *columns = NULL;
    if (!open_relation(connection, given, member_columns, &relation, &source->members, &columns,
                       reterr)) {
        return false;
    }
    source->members_direct = relation.direct;
    return true;
}

/* One kind of the list: both columns given, and neither twice. */
static bool take_kind(const PGresult *result, int row, const char *given, Source *source,
                      Error *reterr)
{
    static const char hint[] = "every kind has one number and one name of its own.";
    int64_t number = 0;
    int64_t same_number = 0;
    int64_t same_name = 0;
    const char *name = PQgetvalue(result, row, 1);
    if (PQgetisnull(result, row, 0) || PQgetisnull(result, row, 1)) {
        return error_set(reterr, EXIT_DATA, hint, "%.150s has a row without number or name", given);
    }
    if (!query_int64(result, row, 0, &number, reterr) ||
        !query_int64(result, row, 2, &same_number, reterr) ||
        !query_int64(result, row, 3, &same_name, reterr)) {
        return false;
    }
    if (same_number > 1) {
        return error_set(reterr, EXIT_DATA, hint, "%.150s has the number %lld twice", given,
                         (long long)number);
    }
    if (same_name > 1) {
        return error_set(reterr, EXIT_DATA, hint, "%.150s has the name %.100s twice", given, name);
    }
    source->kind_numbers[row] = (int16_t)number;
    source->kind_names[row] = text_printf("%s", name);
    source->kind_count++;
    return true;
}

static bool open_kinds(Connection *connection, const char *given, Source *source, Error *reterr)
{
    Relation relation = {0};
    CLEANUP_RESULT PGresult *columns = NULL;
    if (!open_relation(connection, given, kind_columns, &relation, &source->kinds, &columns,
                       reterr)) {
        return false;
    }
    CLEANUP_TEXT char *sql = text_printf("select kind, name,\n"
                                         "       count(*) over (partition by kind),\n"
                                         "       count(*) over (partition by name)\n"
                                         "from %s\n"
                                         "order by kind, name",
                                         source->kinds);
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 0, NULL, &result, reterr)) {
        return error_prefix(reterr, "%.150s", given);
    }
    int count = PQntuples(result);
    source->kind_numbers = memory_alloc((size_t)count, sizeof *source->kind_numbers);
    source->kind_names = memory_alloc((size_t)count, sizeof *source->kind_names);
    for (int row = 0; row < count; row++) {
        if (!take_kind(result, row, given, source, reterr)) {
            return false;
        }
    }
    return true;
}

bool source_open(Connection *connection, const char *members, const char *events, const char *kinds,
                 Source **ret_source, Error *reterr)
{
    CLEANUP_SOURCE Source *source = memory_alloc(1, sizeof *source);
    if (!open_members(connection, members, source, reterr) ||
        !open_events(connection, events, source, reterr) ||
        !open_kinds(connection, kinds, source, reterr)) {
        return false;
    }
    *ret_source = source;
    source = NULL;
    return true;
}

void source_close(Source **source)
{
    if (*source == NULL) {
        return;
    }
    for (size_t index = 0; index < (*source)->kind_count; index++) {
        free((void *)(uintptr_t)(*source)->kind_names[index]);
    }
    free((*source)->kind_names);
    free((*source)->kind_numbers);
    free((*source)->members);
    free((*source)->events);
    free((*source)->kinds);
    free(*source);
    *source = NULL;
}

#define MEMBER_COLUMNS "member_id, registered_on, closed_on"

typedef struct MemberBatch {
    MemberSink sink;
    void *context;
    size_t count;
    MemberRow rows[COPY_BATCH_ROWS];
} MemberBatch;

static bool flush_members(MemberBatch *batch, Error *reterr)
{
    size_t count = batch->count;
    batch->count = 0;
    return count == 0 || batch->sink(batch->context, batch->rows, count, reterr);
}

static bool take_member(void *context, CopyRow *row, Error *reterr)
{
    MemberBatch *batch = context;
    MemberRow *member = &batch->rows[batch->count];
    bool has_id = false;
    bool has_registered = false;
    bool has_closed = false;
    if (!copy_row_int64(row, &has_id, &member->member_id, reterr) ||
        !copy_row_date(row, &has_registered, &member->registered_on, reterr) ||
        !copy_row_date(row, &has_closed, &member->closed_on, reterr)) {
        return false;
    }
    member->present = (has_id ? MEMBER_HAS_ID : 0U) |
                      (has_registered ? MEMBER_HAS_REGISTERED : 0U) |
                      (has_closed ? MEMBER_HAS_CLOSED : 0U);
    batch->count++;
    return batch->count < COPY_BATCH_ROWS || flush_members(batch, reterr);
}

bool source_read_members(Connection *connection, const Source *source, const atomic_bool *stop,
                         MemberSink sink, void *context, Error *reterr)
{
    MemberBatch batch = {.sink = sink, .context = context};
    CLEANUP_DECODER CopyDecoder *decoder = copy_decoder_create_rows(3, take_member, &batch);
    CLEANUP_TEXT char *sql =
        source->members_direct
            ? text_printf("copy %s (" MEMBER_COLUMNS ") to stdout (format binary)", source->members)
            : text_printf("copy (select " MEMBER_COLUMNS " from %s) to stdout (format binary)",
                          source->members);
    if (!query_copy_out(connection, sql, decoder, stop, reterr) || !flush_members(&batch, reterr)) {
        return error_prefix(reterr, "while reading the members");
    }
    return true;
}
