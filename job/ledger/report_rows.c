/* The report's tables with a row a member: streamed, so that a million rows need no memory. */
#include "ledger/report_tables.h"

static const ReportColumn change_columns[] = {
    {"member_id", REPORT_INTEGER, false, "the member"},
    {"from_level", REPORT_TEXT, false, "the level before"},
    {"to_level", REPORT_TEXT, false, "the level from effective_on"},
    {"direction", REPORT_TEXT, false, "up, down or program"},
    {"points", REPORT_INTEGER, false, "the points that gave the new level"},
    {"effective_on", REPORT_DATE, false, "the day on which the change takes effect"},
    {"run_id", REPORT_INTEGER, false, "the run that wrote it"},
};

static const char change_sql[] =
    "select v.member_id, v.from_level, v.to_level, v.direction, v.points, v.effective_on,\n"
    "  v.run_id\n"
    "from tierclose.level_changes v where v.period = (select period from k)\n"
    "order by v.member_id";

static const ReportColumn withdrawn_columns[] = {
    {"member_id", REPORT_INTEGER, false, "the member"},
    {"from_level", REPORT_TEXT, false, "the level before"},
    {"to_level", REPORT_TEXT, false, "the level that it would have been"},
    {"direction", REPORT_TEXT, false, "up, down or program"},
    {"points", REPORT_INTEGER, false, "the points that had given it"},
    {"effective_on", REPORT_DATE, false, "the day on which the change was to take effect"},
    {"run_id", REPORT_INTEGER, false, "the run that wrote it"},
    {"superseded_by", REPORT_INTEGER, false, "the run that took it back"},
};

static const char withdrawn_sql[] =
    "select v.member_id, v.from_level, v.to_level, v.direction, v.points, v.effective_on,\n"
    "  v.run_id, v.superseded_by\n"
    "from tierclose.level_change v\n"
    "where v.period = (select period from k) and v.superseded_by is not null\n"
    "order by v.member_id, v.run_id";

static const ReportColumn grant_columns[] = {
    {"grant_id", REPORT_INTEGER, false, "the grant"},
    {"member_id", REPORT_INTEGER, false, "the member"},
    {"level", REPORT_TEXT, false, "the level whose reaching grants the coupon"},
    {"coupon", REPORT_TEXT, false, "the coupon code"},
    {"value_cents", REPORT_CENTS, false, "its value"},
    {"min_spend_cents", REPORT_CENTS, false, "the smallest order it can be used for"},
    {"issue_from", REPORT_DATE, false, "first day of issue"},
    {"issue_until", REPORT_DATE, false, "last day of issue"},
    {"expires_on", REPORT_DATE, false, "last day of validity of one issued on issue_until"},
    {"status", REPORT_TEXT, false, "granted, lapsed or revoked, as of the day as_of"},
    {"run_id", REPORT_INTEGER, false, "the run that wrote it"},
    {"revoked_by", REPORT_INTEGER, true, "the run that revoked it"},
    {"overgranted_by", REPORT_INTEGER, true,
     "the run that found it undeserved once its issue had begun; the member keeps it"},
};

#define GRANT_ROWS                                                                                 \
    "select v.grant_id, v.member_id, v.level, v.coupon, v.value_cents, v.min_spend_cents,\n"       \
    "  v.issue_from, v.issue_until, v.expires_on, " SQL_GRANT_STATUS ", v.run_id,\n"               \
    "  v.revoked_by, v.overgranted_by\n"                                                           \
    "from tierclose.coupon_grant v where v.period = (select period from k)\n"
#define GRANT_ORDER                                                                                \
    "order by v.member_id, v.level collate \"C\", v.coupon collate \"C\","                         \
    " coalesce(v.revoked_by, 0)"

static const char grant_sql[] = GRANT_ROWS GRANT_ORDER;
static const char overgranted_sql[] =
    GRANT_ROWS "  and v.overgranted_by is not null and v.revoked_by is null\n" GRANT_ORDER;

static const ReportColumn anomaly_columns[] = {
    {"reason", REPORT_TEXT, false, "why it could not earn"},
    {"event_id", REPORT_INTEGER, true, "the event"},
    {"member_id", REPORT_INTEGER, true, "the member that it names"},
    {"occurred_at", REPORT_TIME, true, "when it happened"},
    {"detail", REPORT_TEXT, true, "what exactly was wrong"},
    {"run_id", REPORT_INTEGER, false, "the run that found it"},
};

static const char anomaly_sql[] = "select v.reason, v.event_id, v.member_id, " SQL_TIME(
    "v.occurred_at") ", v.detail, v.run_id\n"
                     "from tierclose.anomaly v where v.run_id = (select run_id from k)\n"
                     "order by v.reason collate \"C\", v.event_id, v.occurred_at, v.member_id";

static const ReportColumn restatement_columns[] = {
    {"run_id", REPORT_INTEGER, false, "the run that changed the standing"},
    {"member_id", REPORT_INTEGER, false, "the member"},
    {"superseded_run_id", REPORT_INTEGER, false, "the run that had written it"},
    {"points_before", REPORT_INTEGER, true, "points before; empty: no standing"},
    {"level_before", REPORT_TEXT, true, "level before"},
    {"points_after", REPORT_INTEGER, true, "points after; empty: no standing"},
    {"level_after", REPORT_TEXT, true, "level after"},
};

static const char restatement_sql[] =
    "select r.run_id, r.member_id, r.superseded_run_id, r.points_before, r.level_before,\n"
    "  r.points_after, r.level_after\n"
    "from tierclose.run u\n"
    "join tierclose.restatement r on r.run_id = u.run_id\n"
    "where u.period = (select period from k)\n"
    "order by r.run_id, r.member_id";

const ReportDefinition report_row_tables[] = {
    {{.name = "changes",
      .title = "Level changes",
      .meaning = "Every level change of the period.",
      .large = true,
      REPORT_COLUMNS(change_columns)},
     change_sql},
    {{.name = "grants",
      .title = "Coupon grants",
      .meaning = "Every coupon grant of the period, the revoked ones among them.",
      .large = true,
      REPORT_COLUMNS(grant_columns)},
     grant_sql},
    {{.name = "overgranted",
      .title = "Overgranted coupons",
      .meaning = "Of the grants, those kept though no longer deserved.",
      .large = true,
      REPORT_COLUMNS(grant_columns)},
     overgranted_sql},
    {{.name = "anomalies",
      .title = "Anomalies",
      .meaning = "Samples of the events of the month that could not earn, up to 100 a reason.",
      .large = true,
      REPORT_COLUMNS(anomaly_columns)},
     anomaly_sql},
    {{.name = "restatements",
      .title = "Restated results",
      .meaning = "Members whose standing in the period a later run changed, before and after.",
      .large = true,
      REPORT_COLUMNS(restatement_columns)},
     restatement_sql},
    {{.name = "changes_withdrawn",
      .title = "Level changes taken back",
      .meaning = "Level changes of the period that a later run took back.",
      .large = true,
      REPORT_COLUMNS(withdrawn_columns)},
     withdrawn_sql},
};
const size_t report_row_table_count = sizeof report_row_tables / sizeof report_row_tables[0];
