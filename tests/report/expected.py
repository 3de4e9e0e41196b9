"""What a report must say, from the public views alone and by the obvious way.

Each function takes a session and a period and gives a table's rows as dicts. Rows are counted here
and not in SQL, so that nothing is shared with the report's own queries.
"""

from collections import Counter

from setting import dicts


def month_before(period):
    year, month = map(int, period.split("-"))
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02}"


def standings(session, period):
    """{member: row}"""
    return {row["member_id"]: row for row in dicts(
        session, f"select * from tierclose.standings where period = '{period}'")}


def levels_of(session, period):
    """[(name, min_points, benefits)] from the lowest up."""
    return [(row["name"], row["min_points"], row["benefits"]) for row in dicts(
        session, "select l.* from tierclose.run_level l join tierclose.published p using (run_id)"
                 f" where p.period = '{period}' order by l.rank")]


def standing_run(session, period):
    return int(session.value(f"select run_id from tierclose.published where period = '{period}'"))


def level_for(levels, points):
    return max(rank for rank, level in enumerate(levels) if points >= level[1])


def rank_after(levels, row):
    """The rank at the next close of who does nothing."""
    return level_for(levels, max(0, row["points"] - row["expiring_points"]))


def levels(session, period):
    known = levels_of(session, period)
    now = standings(session, period).values()
    before = Counter(row["level"] for row in standings(session, month_before(period)).values())
    table = []
    for rank, (name, min_points, benefits) in enumerate(known):
        above = known[rank + 1] if rank + 1 < len(known) else None
        here = [row for row in now if row["level"] == name]
        table.append({
            "rank": rank, "level": name, "min_points": min_points, "members": len(here),
            "members_before": before[name],
            "next_level": above and above[0], "next_min_points": above and above[1],
            "near_from": above and -(-above[1] * 9 // 10),
            "near_next": above and sum(row["points_to_next"] * 10 <= above[1] for row in here),
            "falling": sum(rank_after(known, row) < rank for row in here),
            "benefits": benefits,
        })
    return table


def falls(session, period):
    known = levels_of(session, period)
    ways = Counter((level_for(known, row["points"]), rank_after(known, row))
                   for row in standings(session, period).values())
    return [{"from_level": known[old][0], "to_level": known[new][0], "members": count}
            for (old, new), count in sorted(ways.items(), reverse=True) if new < old]


def level_history(session, period):
    periods = [row["period"] for row in dicts(
        session, "select period from tierclose.published"
                 f" where period <= '{period}' order by period desc limit 13")]
    table = []
    for one in sorted(periods):
        count = Counter(row["level"] for row in standings(session, one).values())
        table += [{"period": one, "rank": rank, "level": name, "min_points": min_points,
                   "members": count[name], "run_id": standing_run(session, one)}
                  for rank, (name, min_points, _) in enumerate(levels_of(session, one))]
    return table


def flows(session, period):
    now, before = standings(session, period), standings(session, month_before(period))
    names = [level[0] for level in levels_of(session, period)]
    ways = Counter((before[member]["level"] if member in before else None,
                    now[member]["level"] if member in now else None)
                   for member in set(now) | set(before))

    def direction(old, new):
        if old is None:
            return "new"
        if new is None:
            return "left"
        if old not in names:
            return "program"
        step = names.index(new) - names.index(old)
        return "up" if step > 0 else "down" if step < 0 else "same"
    old_names = [level[0] for level in levels_of(session, month_before(period))]
    order = sorted(ways, key=lambda way: (
        -1 if way[0] is None else old_names.index(way[0]),
        len(names) if way[1] is None else names.index(way[1])))
    return [{"from_level": old, "to_level": new, "direction": direction(old, new),
             "members": ways[old, new]} for old, new in order]


def runs(session, period):
    columns = """run_id, action, mode, status, stands, changed, acted_on, workers, events,
        events_earning, events_refund, events_capped, events_ineligible, events_anomalous, members,
        points, upgrades, downgrades, program_changes, grants, revoked, overgranted, anomalies,
        config_sha256, snapshot::text as snapshot, system_identifier::text as system_identifier,
        members_digest, result_checksum, superseded_by, error"""
    return dicts(session, f"select {columns} from tierclose.runs where period = '{period}'"
                          " and status <> 'running' order by run_id")


def as_of(session, period):
    return max(run["acted_on"] for run in runs(session, period) if run["status"] == "published")


def changes(session, period):
    return dicts(session, "select member_id, from_level, to_level, direction, points, effective_on,"
                          f" run_id from tierclose.level_changes where period = '{period}'"
                          " order by member_id")


def changes_by_level(session, period):
    names = [level[0] for level in levels_of(session, period)]
    members, points = Counter(), Counter()
    for row in changes(session, period):
        way = (row["direction"], row["from_level"], row["to_level"])
        members[way] += 1
        points[way] += row["points"]
    order = sorted(members, key=lambda way: (
        ("up", "down", "program").index(way[0]),
        names.index(way[1]) if way[1] in names else len(names), way[1], names.index(way[2])))
    return [{"from_level": old, "to_level": new, "direction": direction,
             "members": members[direction, old, new], "points": points[direction, old, new]}
            for direction, old, new in order]


def grants(session, period):
    """With the status that the view shows on the day of the report."""
    session.query(f"set tierclose.today = '{as_of(session, period)}'")
    rows = dicts(session, f"""select v.grant_id, v.member_id, v.level, v.coupon, v.value_cents,
        v.min_spend_cents, v.issue_from, v.issue_until, v.expires_on, v.status, v.run_id,
        g.revoked_by, g.overgranted_by from tierclose.coupon_grants v
        join tierclose.coupon_grant g using (grant_id, member_id) where v.period = '{period}'""")
    return sorted(rows, key=lambda row: (row["member_id"], row["level"], row["coupon"],
                                         row["revoked_by"] or 0))


def is_overgranted(row):
    return row["overgranted_by"] is not None and row["status"] != "revoked"


def overgranted(session, period):
    return [row for row in grants(session, period) if is_overgranted(row)]


def grants_by_coupon(session, period):
    key = ("level", "coupon", "value_cents", "min_spend_cents", "issue_from", "issue_until",
           "expires_on")
    groups = {}
    for row in grants(session, period):
        groups.setdefault(tuple(row[column] for column in key), []).append(row)
    table = []
    for group in sorted(groups, key=lambda one: (one[2], one[0], one[1], *one[3:])):
        status = Counter(row["status"] for row in groups[group])
        table.append({
            **dict(zip(key, group)),
            **{word: status[word] for word in ("granted", "lapsed", "revoked")},
            "overgranted": sum(map(is_overgranted, groups[group])),
            "granted_cents": group[2] * status["granted"],
        })
    return table


def anomalies(session, period):
    rows = dicts(session, "select reason, event_id, member_id, detail, run_id"
                          f" from tierclose.anomalies where period = '{period}'")
    return sorted(rows, key=lambda row: (row["reason"], row["event_id"], row["member_id"]))


REASONS = ("unknown_member", "unknown_kind", "missing_order_id", "missing_amount",
           "negative_amount", "missing_points", "unmatched_refund")


def anomalies_by_reason(session, period):
    counted = {row["reason"]: row["month_count"] for row in dicts(
        session, "select c.* from tierclose.anomaly_count c join tierclose.published p"
                 f" using (run_id) where p.period = '{period}'")}
    samples = Counter(row["reason"] for row in anomalies(session, period))
    return [{"reason": reason, "events": counted[reason], "samples": samples[reason]}
            for reason in REASONS]


def restatements(session, period):
    return dicts(session, "select run_id, member_id, superseded_run_id, points_before,"
                          " level_before, points_after, level_after from tierclose.restatement"
                          f" where period = '{period}' order by run_id, member_id")


def restated_by_level(session, period):
    groups = {}
    for row in restatements(session, period):
        key = (row["run_id"], row["superseded_run_id"], row["level_before"], row["level_after"])
        groups.setdefault(key, []).append(row)

    def total(rows, column):
        known = [row[column] for row in rows if row[column] is not None]
        return sum(known) if known else None
    order = sorted(groups, key=lambda key: (key[0], key[1], key[2] or "", key[3] or "~"))
    return [{"run_id": key[0], "superseded_run_id": key[1], "level_before": key[2],
             "level_after": key[3], "members": len(groups[key]),
             "points_before": total(groups[key], "points_before"),
             "points_after": total(groups[key], "points_after")} for key in order]


def changes_withdrawn(session, period):
    return dicts(session, "select member_id, from_level, to_level, direction, points, effective_on,"
                          " run_id, superseded_by from tierclose.level_change"
                          f" where period = '{period}' and superseded_by is not null"
                          " order by member_id, run_id")


# Of these all columns; of `runs` and `anomalies` all but the times.
TABLES = {function.__name__: function for function in (
    runs, levels, level_history, flows, falls, changes_by_level, grants_by_coupon,
    anomalies_by_reason, restated_by_level, changes, grants, overgranted, anomalies, restatements,
    changes_withdrawn)}
