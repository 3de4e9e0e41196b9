/* The report's tables that count: points and events, changes, grants, anomalies, restatements. */
#include "ledger/report_tables.h"

static const ReportColumn month_columns[] = {
    {"month", REPORT_TEXT, false, "a month of the window, the oldest first"},
    {"points", REPORT_INTEGER, false, "what it contributes to the members' points now"},
    {"points_at_close", REPORT_INTEGER, true,
     "what the run that counted its sources found; empty: they were not stored"},
    {"changed_since", REPORT_INTEGER, true,
     "the difference: later refunds and late events, members who left or came"},
    {"counted_by", REPORT_INTEGER, true, "that run"},
};

static const char month_sql[] =
    "select m.month, m.points, s.points, m.points - s.points, s.counted_by\n"
    "from k join tierclose.run_month m on m.run_id = k.checked_run_id\n"
    "left join (select r.run_id, r.month, sum(r.points)::bigint as points,\n"
    "    max(r.counted_by) as counted_by\n"
    "  from tierclose.run_source r group by r.run_id, r.month) s\n"
    "  on s.run_id = m.run_id and s.month = m.month\n"
    "order by m.month";

static const ReportColumn source_columns[] = {
    {"month", REPORT_TEXT, false, "a month of the window, the oldest first"},
    {"source_group", REPORT_TEXT, false, "purchases, activities, bonus or other"},
    {"source", REPORT_TEXT, false, "the kind of event, or category_bonus"},
    {"points", REPORT_INTEGER, false, "what it earned, after caps and refunds, at that close"},
    {"counted_by", REPORT_INTEGER, false, "the run that counted it"},
};

static const char source_sql[] =
    "select s.month, g.name, s.source, s.points, s.counted_by\n"
    "from k join tierclose.run_source s on s.run_id = k.checked_run_id\n"
    "cross join lateral (select case\n"
    "    when s.source in ('purchase', 'category_bonus') then 1\n"
    "    when s.source in ('review', 'visit', 'follow', 'club_post') then 2\n"
    "    when s.source in ('bonus', 'adjustment') then 3 else 4 end as place) p\n"
    "cross join lateral (select (array['purchases', 'activities', 'bonus', 'other'])[p.place]\n"
    "    as name) g\n"
    "order by s.month, p.place, s.source collate \"C\"";

static const ReportColumn fate_columns[] = {
    {"fate", REPORT_TEXT, false, "what became of them; the last seven are anomalies"},
    {"anomaly", REPORT_BOOLEAN, false, "whether it is an anomaly"},
    {"events", REPORT_INTEGER, true, "events of the month; empty: not stored"},
};

#define FATES                                                                                      \
    "unnest(array['earning', 'refunds', 'capped', 'ineligible', 'unknown_member',"                 \
    " 'unknown_kind', 'missing_order_id', 'missing_amount', 'negative_amount', 'missing_points',"  \
    " 'unmatched_refund']) with ordinality n(fate, place)"

/* A run from before run_fate still has its anomalies. */
static const char fate_sql[] =
    "select n.fate, n.place > 4, case when r.run_by is not null then coalesce(f.events, 0)\n"
    "    else a.month_count end\n"
    "from k join tierclose.run r on r.run_id = k.checked_run_id\n"
    "cross join " FATES "\n"
    "left join (select t.run_id, t.fate, sum(t.events)::bigint as events\n"
    "  from tierclose.run_fate t group by t.run_id, t.fate) f\n"
    "  on f.run_id = r.run_id and f.fate = n.fate\n"
    "left join tierclose.anomaly_count a on a.run_id = k.run_id and a.reason = n.fate\n"
    "order by n.place";

static const ReportColumn kind_columns[] = {
    {"kind", REPORT_TEXT, false, "the kind of event; - for those that the programme does not name"},
    {"fate", REPORT_TEXT, false, "what became of them"},
    {"events", REPORT_INTEGER, false, "events of the month"},
};

static const char kind_sql[] = "select f.kind, f.fate, f.events\n"
                               "from k join tierclose.run_fate f on f.run_id = k.checked_run_id\n"
                               "join " FATES " on n.fate = f.fate\n"
                               "order by f.kind collate \"C\", n.place";

static const ReportColumn change_columns[] = {
    {"from_level", REPORT_TEXT, false, "the level before"},
    {"to_level", REPORT_TEXT, false, "the level from effective_on"},
    {"direction", REPORT_TEXT, false, "up, down or program"},
    {"members", REPORT_INTEGER, false, "members"},
    {"points", REPORT_INTEGER, false, "the sum of their points"},
};

static const char change_sql[] =
    "select v.from_level, v.to_level, v.direction, count(*), sum(v.points)\n"
    "from k join tierclose.level_changes v on v.period = k.period\n"
    "left join tierclose.run_level f on f.run_id = k.run_id and f.name = v.from_level\n"
    "left join tierclose.run_level t on t.run_id = k.run_id and t.name = v.to_level\n"
    "group by v.from_level, v.to_level, v.direction, f.rank, t.rank\n"
    "order by array_position(array['up', 'down', 'program'], v.direction), f.rank nulls last,\n"
    "  v.from_level collate \"C\", t.rank, v.to_level collate \"C\"";

static const ReportColumn grant_columns[] = {
    {"level", REPORT_TEXT, false, "the level whose reaching grants the coupon"},
    {"coupon", REPORT_TEXT, false, "the coupon code"},
    {"value_cents", REPORT_CENTS, false, "its value"},
    {"min_spend_cents", REPORT_CENTS, false, "the smallest order it can be used for"},
    {"issue_from", REPORT_DATE, false, "first day of issue"},
    {"issue_until", REPORT_DATE, false, "last day of issue"},
    {"expires_on", REPORT_DATE, false, "last day of validity of one issued on issue_until"},
    {"granted", REPORT_INTEGER, false, "granted, neither lapsed nor revoked"},
    {"lapsed", REPORT_INTEGER, false, "expired by as_of, or granted after issue_until"},
    {"revoked", REPORT_INTEGER, false, "taken back before their issue began"},
    {"overgranted", REPORT_INTEGER, false, "of granted and lapsed: kept though not deserved"},
    {"granted_cents", REPORT_CENTS, false, "value of those granted"},
};

static const char grant_sql[] =
    "select w.level, w.coupon, w.value_cents, w.min_spend_cents, w.issue_from, w.issue_until,\n"
    "  w.expires_on, count(*) filter (where w.status = 'granted'),\n"
    "  count(*) filter (where w.status = 'lapsed'), count(*) filter (where w.status = 'revoked'),\n"
    "  count(*) filter (where w.overgranted_by is not null and w.status <> 'revoked'),\n"
    "  coalesce(sum(w.value_cents) filter (where w.status = 'granted'), 0)\n"
    "from (select v.*, " SQL_GRANT_STATUS " as status\n"
    "  from tierclose.coupon_grant v where v.period = (select period from k)) w\n"
    "group by w.level, w.coupon, w.value_cents, w.min_spend_cents, w.issue_from, w.issue_until,\n"
    "  w.expires_on\n"
    "order by w.value_cents, w.level collate \"C\", w.coupon collate \"C\", w.min_spend_cents,\n"
    "  w.issue_from, w.issue_until, w.expires_on";

static const ReportColumn reason_columns[] = {
    {"reason", REPORT_TEXT, false, "why they could not earn"},
    {"events", REPORT_INTEGER, false, "events of the month"},
    {"samples", REPORT_INTEGER, false, "of them in the table anomalies"},
};

static const char reason_sql[] =
    "select n.fate, coalesce(c.month_count, 0), (select count(*) from tierclose.anomaly a\n"
    "    where a.run_id = k.run_id and a.reason = n.fate)\n"
    "from k cross join " FATES "\n"
    "left join tierclose.anomaly_count c on c.run_id = k.run_id and c.reason = n.fate\n"
    "where n.place > 4 order by n.place";

static const ReportColumn restated_columns[] = {
    {"run_id", REPORT_INTEGER, false, "the run that changed the standings"},
    {"superseded_run_id", REPORT_INTEGER, false, "the run that had written them"},
    {"level_before", REPORT_TEXT, true, "the level before it; empty: no standing"},
    {"level_after", REPORT_TEXT, true, "the level after it; empty: no standing"},
    {"members", REPORT_INTEGER, false, "members whose points or level changed"},
    {"points_before", REPORT_INTEGER, true, "the sum of their points before"},
    {"points_after", REPORT_INTEGER, true, "and after"},
};

static const char restated_sql[] =
    "select r.run_id, r.superseded_run_id, r.level_before, r.level_after, count(*),\n"
    "  sum(r.points_before), sum(r.points_after)\n"
    "from tierclose.run u\n"
    "join tierclose.restatement r on r.run_id = u.run_id\n"
    "where u.period = (select period from k)\n"
    "group by r.run_id, r.superseded_run_id, r.level_before, r.level_after\n"
    "order by r.run_id, r.superseded_run_id, r.level_before collate \"C\" nulls first,\n"
    "  r.level_after collate \"C\" nulls last";

const ReportDefinition report_count_tables[] = {
    {{.name = "months",
      .title = "Points by month",
      .meaning = "What each month of the window contributes to the members' points, and how much "
                 "of that was there at the close of the month itself.",
      REPORT_COLUMNS(month_columns)},
     month_sql},
    {{.name = "sources",
      .title = "Points by source",
      .meaning = "What the months of the window earned, by kind of event, each as the close of the "
                 "month itself counted it. A month that was closed before sources were stored, or "
                 "never, has no rows.",
      REPORT_COLUMNS(source_columns)},
     source_sql},
    {{.name = "reconciliation",
      .title = "Reconciliation",
      .meaning = "Every event of the period's own month by what became of it. Those of the other "
                 "months of the window are in the report of their own month.",
      REPORT_COLUMNS(fate_columns)},
     fate_sql},
    {{.name = "events_by_kind",
      .title = "Events by kind",
      .meaning = "The same events by kind and by what became of them.",
      REPORT_COLUMNS(kind_columns)},
     kind_sql},
    {{.name = "changes_by_level",
      .title = "Level changes by level",
      .meaning = "The level changes of the period, counted.",
      REPORT_COLUMNS(change_columns)},
     change_sql},
    {{.name = "grants_by_coupon",
      .title = "Coupons",
      .meaning = "The coupon grants of the period, counted, as of the day as_of.",
      REPORT_COLUMNS(grant_columns)},
     grant_sql},
    {{.name = "anomalies_by_reason",
      .title = "Anomalies by reason",
      .meaning = "Events of the month that could not earn, all of them.",
      REPORT_COLUMNS(reason_columns)},
     reason_sql},
    {{.name = "restated_by_level",
      .title = "Restated results by level",
      .meaning = "Members whose standing in the period a later run changed, counted.",
      REPORT_COLUMNS(restated_columns)},
     restated_sql},
};
const size_t report_count_table_count = sizeof report_count_tables / sizeof report_count_tables[0];
