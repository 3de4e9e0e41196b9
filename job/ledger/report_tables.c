/* The report's tables about the period itself: the period, its runs, its levels. */
#include "ledger/report_tables.h"

static const ReportColumn period_columns[] = {
    {"period", REPORT_TEXT, false, "the closed local month"},
    {"program", REPORT_TEXT, false, "the programme's name"},
    {"timezone", REPORT_TEXT, false, "the zone in which its days and months are meant"},
    {"currency", REPORT_TEXT, false, "of all amounts, which are in cents"},
    {"effective_on", REPORT_DATE, false, "the day on which the level changes take effect"},
    {"as_of", REPORT_DATE, true, "the last day on which a run acted; of the grants' status"},
    {"run_id", REPORT_INTEGER, false, "the run whose standings stand"},
    {"checked_run_id", REPORT_INTEGER, false, "the newest run that computed the period"},
    {"newest_run_id", REPORT_INTEGER, false,
     "the newest run published for the period; it may only have carried levels forward"},
    {"config_sha256", REPORT_TEXT, false, "the configuration by which it was last computed"},
    {"config_file", REPORT_TEXT, false, "its file, as it was named then"},
    {"result_checksum", REPORT_TEXT, false, "of the result that stands"},
    {"members", REPORT_INTEGER, false, "members with a standing"},
    {"points", REPORT_INTEGER, false, "the sum of their points"},
    {"points_raised", REPORT_INTEGER, true,
     "of them, what raised members whose window is below 0 to 0"},
    {"upgrades", REPORT_INTEGER, false, "members who went up"},
    {"downgrades", REPORT_INTEGER, false, "members who went down"},
    {"program_changes", REPORT_INTEGER, false,
     "members whose level before is no level of the rules in force"},
    {"grants_granted", REPORT_INTEGER, false, "coupons granted, neither lapsed nor revoked"},
    {"grants_lapsed", REPORT_INTEGER, false, "coupons expired by as_of, or granted too late"},
    {"grants_revoked", REPORT_INTEGER, false, "coupons taken back before their issue began"},
    {"grants_overgranted", REPORT_INTEGER, false, "coupons kept though no longer deserved"},
    {"anomalies", REPORT_INTEGER, false, "events of the month that could not earn"},
    {"details_stored", REPORT_BOOLEAN, false,
     "whether the run stored points by source and events by kind; older runs did not"},
};

static const char period_sql[] =
    "select k.period, coalesce(c.program, g.name), coalesce(c.timezone, g.timezone),\n"
    "  coalesce(c.currency, g.currency), s.effective_on, k.as_of, k.run_id, k.checked_run_id,\n"
    "  k.newest_run_id, c.config_sha256, f.file_name, n.result_checksum, s.members, s.points,\n"
    "  s.points - (select sum(m.points) from tierclose.run_month m\n"
    "    where m.run_id = k.checked_run_id),\n"
    "  d.up, d.down, d.program, g2.granted, g2.lapsed, g2.revoked, g2.overgranted,\n"
    "  coalesce((select sum(a.month_count) from tierclose.anomaly_count a\n"
    "    where a.run_id = k.run_id), 0),\n"
    "  c.run_by is not null\n"
    "from k\n"
    "join tierclose.run s on s.run_id = k.run_id\n"
    "join tierclose.run c on c.run_id = k.checked_run_id\n"
    "join tierclose.run n on n.run_id = k.newest_run_id\n"
    "join tierclose.config f on f.config_sha256 = c.config_sha256\n"
    "cross join tierclose.program g\n"
    "cross join (select count(*) filter (where v.direction = 'up') as up,\n"
    "    count(*) filter (where v.direction = 'down') as down,\n"
    "    count(*) filter (where v.direction = 'program') as program\n"
    "  from tierclose.level_changes v where v.period = (select period from k)) d\n"
    "cross join (select count(*) filter (where w.status = 'granted') as granted,\n"
    "    count(*) filter (where w.status = 'lapsed') as lapsed,\n"
    "    count(*) filter (where w.status = 'revoked') as revoked,\n"
    "    count(*) filter (where w.overgranted) as overgranted\n"
    "  from (select " SQL_GRANT_STATUS " as status,\n"
    "      v.overgranted_by is not null and v.revoked_by is null as overgranted\n"
    "    from tierclose.coupon_grant v where v.period = (select period from k)) w) g2";

static const ReportColumn run_columns[] = {
    {"run_id", REPORT_INTEGER, false, "the run"},
    {"action", REPORT_TEXT, false, "close, settle, restate or backfill"},
    {"mode", REPORT_TEXT, false,
     "full: all events of the window were read; incremental: those of the month, and what changed"},
    {"status", REPORT_TEXT, false, "published or failed"},
    {"stands", REPORT_BOOLEAN, false, "whether the standings are this run's"},
    {"changed", REPORT_BOOLEAN, true, "false: it found what stood"},
    {"carried", REPORT_BOOLEAN, true, "true: it only carried levels forward and read no events"},
    {"run_by", REPORT_TEXT, true, "the database user who ran it"},
    {"started_at", REPORT_TIME, false, "when it began"},
    {"finished_at", REPORT_TIME, true, "when it ended"},
    {"acted_on", REPORT_DATE, true, "the local day that it took for today"},
    {"workers", REPORT_INTEGER, true, "connections that read side by side"},
    {"late_events", REPORT_INTEGER, true, "events of the window recorded since the run before"},
    {"events", REPORT_INTEGER, true, "events read and accounted for"},
    {"events_earning", REPORT_INTEGER, true, "of them: earned"},
    {"events_refund", REPORT_INTEGER, true, "refunds and frauds that found their order"},
    {"events_capped", REPORT_INTEGER, true, "whose points a cap took whole"},
    {"events_ineligible", REPORT_INTEGER, true, "that earned nothing by the rules"},
    {"events_anomalous", REPORT_INTEGER, true, "that could not earn"},
    {"members", REPORT_INTEGER, true, "members with a standing"},
    {"points", REPORT_INTEGER, true, "the sum of their points"},
    {"upgrades", REPORT_INTEGER, true, "members who went up"},
    {"downgrades", REPORT_INTEGER, true, "members who went down"},
    {"program_changes", REPORT_INTEGER, true, "changes because the rules' levels changed"},
    {"grants", REPORT_INTEGER, true, "coupons deserved"},
    {"revoked", REPORT_INTEGER, true, "earlier grants that it revoked"},
    {"overgranted", REPORT_INTEGER, true, "earlier grants kept though no longer deserved"},
    {"anomalies", REPORT_INTEGER, true, "events of the month that could not earn"},
    {"config_sha256", REPORT_TEXT, true, "the configuration"},
    {"config_file", REPORT_TEXT, true, "its file, as it was named"},
    {"snapshot", REPORT_TEXT, true, "what the run could see (pg_snapshot)"},
    {"snapshot_taken_at", REPORT_TIME, true, "when it was taken, or a little before"},
    {"system_identifier", REPORT_TEXT, true, "the server that the snapshot belongs to"},
    {"members_digest", REPORT_TEXT, true, "digest of the members as read"},
    {"result_checksum", REPORT_TEXT, true, "of the result"},
    {"superseded_by", REPORT_INTEGER, true, "the run whose standings replaced its own"},
    {"superseded_at", REPORT_TIME, true, "when"},
    {"error", REPORT_TEXT, true, "why it failed"},
};

/* What is running now would change from one report to the next. */
static const char run_sql[] =
    "select r.run_id, r.action, r.mode, r.status, r.stands, r.changed,\n"
    "  case when r.status = 'published' then r.events is null end, t.run_by,\n"
    "  " SQL_TIME("r.started_at") ", " SQL_TIME(
        "r.finished_at") ",\n"
                         "  r.acted_on, r.workers, t.late_events, r.events, r.events_earning, "
                         "r.events_refund,\n"
                         "  r.events_capped, r.events_ineligible, r.events_anomalous, r.members, "
                         "r.points, r.upgrades,\n"
                         "  r.downgrades, r.program_changes, r.grants, r.revoked, r.overgranted, "
                         "r.anomalies,\n"
                         "  r.config_sha256, f.file_name, r.snapshot, " SQL_TIME(
                             "t.snapshot_taken_at") ",\n"
                                                    "  r.system_identifier, r.members_digest, "
                                                    "r.result_checksum, r.superseded_by,\n"
                                                    "  " SQL_TIME(
                                                        "r.superseded_at") ", r.error\n"
                                                                           "from k\n"
                                                                           "join tierclose.runs r "
                                                                           "on r.period = k.period "
                                                                           "and r.status <> "
                                                                           "'running'\n"
                                                                           "join tierclose.run t "
                                                                           "on t.run_id = "
                                                                           "r.run_id\n"
                                                                           "left join "
                                                                           "tierclose.config f on "
                                                                           "f.config_sha256 = "
                                                                           "r.config_sha256\n"
                                                                           "order by r.run_id";

static const ReportColumn level_columns[] = {
    {"rank", REPORT_INTEGER, false, "0 for the lowest"},
    {"level", REPORT_TEXT, false, "the level"},
    {"min_points", REPORT_INTEGER, false, "the points that it takes"},
    {"members", REPORT_INTEGER, false, "members at the level"},
    {"members_before", REPORT_INTEGER, false, "members at it a month before"},
    {"next_level", REPORT_TEXT, true, "the level above"},
    {"next_min_points", REPORT_INTEGER, true, "the points that that takes"},
    {"near_from", REPORT_INTEGER, true, "the points from which that is within 10 %"},
    {"near_next", REPORT_INTEGER, true, "members at the level with at least so many points"},
    {"falling", REPORT_INTEGER, false,
     "members who leave the level at the next close if they do nothing"},
    {"benefits", REPORT_JSON, true, "what the level brings, as configured"},
};

/*
 * A member falls where points - expiring < min_points, written so that no difference can leave a
 * bigint. Nobody falls from the lowest level, also not where the sum goes below 0 (contract 5.1).
 */
static const char level_sql[] =
    ", l as (select * from tierclose.run_level where run_id = (select run_id from k)),\n"
    "c as (select s.level_rank, count(*) as members,\n"
    "    count(*) filter (where s.points >= n.min_points - n.min_points / 10) as near_next,\n"
    "    count(*) filter (where l.rank > 0 and s.points - l.min_points < s.expiring_points)\n"
    "      as falling\n"
    "  from tierclose.standing s\n"
    "  join l on l.rank = s.level_rank left join l n on n.rank = s.level_rank + 1\n"
    "  where s.run_id = (select run_id from k) group by s.level_rank),\n"
    "b as (select s.level_rank, count(*) as members from tierclose.standing s\n"
    "  where s.run_id = (select previous_run_id from k) group by s.level_rank)\n"
    "select l.rank, l.name, l.min_points, coalesce(c.members, 0), coalesce(b.members, 0),\n"
    "  n.name, n.min_points, n.min_points - n.min_points / 10,\n"
    "  case when n.rank is not null then coalesce(c.near_next, 0) end,\n"
    "  coalesce(c.falling, 0), l.benefits\n"
    "from l\n"
    "left join l n on n.rank = l.rank + 1\n"
    "left join c on c.level_rank = l.rank\n"
    "left join tierclose.run_level p on p.run_id = (select previous_run_id from k)\n"
    "  and p.name = l.name\n"
    "left join b on b.level_rank = p.rank\n"
    "order by l.rank";

static const ReportColumn history_columns[] = {
    {"period", REPORT_TEXT, false, "the closed month"},
    {"rank", REPORT_INTEGER, false, "0 for the lowest"},
    {"level", REPORT_TEXT, false, "the level"},
    {"min_points", REPORT_INTEGER, false, "the points that it took then"},
    {"members", REPORT_INTEGER, false, "members at it"},
    {"run_id", REPORT_INTEGER, false, "the run whose standings stand for that month"},
};

static const char history_sql[] =
    ", p as (select q.period, q.run_id from tierclose.published q\n"
    "  where q.period <= (select period from k) order by q.period desc limit 13),\n"
    "c as (select p.run_id, s.level_rank, s.members from p\n"
    "  cross join lateral (select r.level_rank, count(*) as members from tierclose.standing r\n"
    "    where r.run_id = p.run_id group by r.level_rank) s)\n"
    "select p.period, l.rank, l.name, l.min_points, coalesce(c.members, 0), p.run_id\n"
    "from p\n"
    "join tierclose.run_level l on l.run_id = p.run_id\n"
    "left join c on c.run_id = l.run_id and c.level_rank = l.rank\n"
    "order by p.period, l.rank";

static const ReportColumn flow_columns[] = {
    {"from_level", REPORT_TEXT, true, "the level a month before; empty: no standing then"},
    {"to_level", REPORT_TEXT, true, "the level now; empty: no standing any more"},
    {"direction", REPORT_TEXT, false, "up, down, program, same, new or left"},
    {"members", REPORT_INTEGER, false, "members who went this way"},
};

static const char flow_sql[] =
    ", f as (select b.level_rank as from_rank, a.level_rank as to_rank, count(*) as members\n"
    "  from (select s.member_id, s.level_rank from tierclose.standing s\n"
    "    where s.run_id = (select previous_run_id from k)) b\n"
    "  full join (select s.member_id, s.level_rank from tierclose.standing s\n"
    "    where s.run_id = (select run_id from k)) a on a.member_id = b.member_id\n"
    "  group by b.level_rank, a.level_rank)\n"
    "select b.name, a.name, case when b.name is null then 'new' when a.name is null then 'left'\n"
    "    when n.rank is null then 'program' when n.rank = a.rank then 'same'\n"
    "    when n.rank < a.rank then 'up' else 'down' end, f.members\n"
    "from f cross join k\n"
    "left join tierclose.run_level b on b.run_id = k.previous_run_id and b.rank = f.from_rank\n"
    "left join tierclose.run_level a on a.run_id = k.run_id and a.rank = f.to_rank\n"
    /* the level before among those now in force */
    "left join tierclose.run_level n on n.run_id = k.run_id and n.name = b.name\n"
    "order by f.from_rank nulls first, f.to_rank nulls last";

static const ReportColumn fall_columns[] = {
    {"from_level", REPORT_TEXT, false, "the level now"},
    {"to_level", REPORT_TEXT, false, "the level without the points of the oldest month"},
    {"members", REPORT_INTEGER, false, "members"},
};

static const char fall_sql[] =
    ", l as (select * from tierclose.run_level where run_id = (select run_id from k)),\n"
    "f as (select s.level_rank as from_rank, t.rank as to_rank, count(*) as members\n"
    "  from tierclose.standing s\n"
    "  join l on l.rank = s.level_rank\n"
    "  cross join lateral (select max(t.rank) as rank from l t where t.rank < l.rank\n"
    "    and (t.rank = 0 or s.points - t.min_points >= s.expiring_points)) t\n"
    "  where s.run_id = (select run_id from k)\n"
    "    and l.rank > 0 and s.points - l.min_points < s.expiring_points\n"
    "  group by s.level_rank, t.rank)\n"
    "select l.name, t.name, f.members from f\n"
    "join l on l.rank = f.from_rank join l t on t.rank = f.to_rank\n"
    "order by l.rank desc, t.rank desc";

const ReportDefinition report_period_tables[] = {
    {{.name = "period",
      .title = "Period",
      .meaning = "What the report is about, and its sums. One row.",
      REPORT_COLUMNS(period_columns)},
     period_sql},
    {{.name = "runs",
      .title = "Runs",
      .meaning = "Every run for the period, oldest first: who, when, by which configuration, from "
                 "which snapshot, with which result.",
      REPORT_COLUMNS(run_columns)},
     run_sql},
    {{.name = "levels",
      .title = "Levels",
      .meaning = "The levels in force, their members, how many are close to the next one and how "
                 "many leave the level at the next close if they do nothing.",
      REPORT_COLUMNS(level_columns)},
     level_sql},
    {{.name = "level_history",
      .title = "Members by level",
      .meaning = "Members at each level in the last 13 closed periods, as they stand now.",
      REPORT_COLUMNS(history_columns)},
     history_sql},
    {{.name = "flows",
      .title = "Flow between levels",
      .meaning = "From which level to which the members went since the month before, those who "
                 "stayed among them. New members come from the first level: one who is above it at "
                 "once is a level change, too.",
      REPORT_COLUMNS(flow_columns)},
     flow_sql},
    {{.name = "falls",
      .title = "Falling at the next close",
      .meaning = "Members who fall at the next close if they do nothing: without the points of the "
                 "window's oldest month they are below their level.",
      REPORT_COLUMNS(fall_columns)},
     fall_sql},
};
const size_t report_period_table_count =
    sizeof report_period_tables / sizeof report_period_tables[0];
