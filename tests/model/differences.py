#!/usr/bin/python3
"""Published rows against the model's Book, each difference as a line of text."""

from collections import Counter, defaultdict

from programme import month_of

SHOWN = 10
# Of a reason with more anomalies than this in a period the job stores a sample.
ALL_STORED = 100

FATES = {"events_earning": "earning", "events_refund": "refunds", "events_capped": "capped",
         "events_ineligible": "ineligible"}


def compare_rows(name, expected, found):
    """Two Counters of tuples; at most SHOWN lines."""
    rows = [("model only", row) for row in (expected - found).elements()]
    rows += [("job only  ", row) for row in (found - expected).elements()]
    rows.sort(key=lambda pair: (str(pair[1][:2]), pair[0]))
    lines = [f"{name}: {side} {row}" for side, row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(f"{name}: and {len(rows) - SHOWN} more")
    return lines


def tuples(rows):
    return Counter(tuple(row) for row in rows)


def standings(book):
    return Counter(
        (period, member_id, one.points, one.level, one.next_level, one.points_to_next,
         one.expiring_points)
        for period, result in book.periods.items() for member_id, one in result.standings.items())


def level_changes(book):
    return Counter(
        (period, member_id, one.from_level, one.to_level, one.direction, one.points,
         str(book.effective_on(period)))
        for period, result in book.periods.items() for member_id, one in result.changes.items())


def coupon_grants(book, today):
    return Counter(
        key + (str(grant.issue_from), str(grant.issue_until), str(grant.expires_on),
               grant.status(today))
        for key, grant in book.grants.items())


def compare_grants(book, found, today):
    """Those that stand with their dates and status; of the revoked ones only which they are."""
    standing = tuples(row for row in found if row[7] != "revoked")
    revoked = tuples(row[:4] for row in found if row[7] == "revoked")
    return (compare_rows("coupon_grants", coupon_grants(book, today), standing)
            + compare_rows("revoked grants", Counter(book.revoked), revoked))


def reasons_of(result):
    """Anomalies of the period's own month by reason."""
    counts = Counter()
    for (reason, _, _), count in result.anomalies.items():
        counts[reason] += count
    return counts


def compare_anomalies(book, found):
    expected = Counter()
    sampled = set()
    for period, result in book.periods.items():
        for reason, count in reasons_of(result).items():
            if count > ALL_STORED:
                sampled.add((period, reason))
        for key, count in result.anomalies.items():
            if (period, key[0]) not in sampled:
                expected[(period,) + key] += count
    return compare_rows("anomalies", expected,
                        tuples(row for row in found if (row[0], row[1]) not in sampled))


def fates_of(result, mode):
    """An incremental run accounts for the events of the period's own month only."""
    return result.month_fates if mode == "incremental" else result.fates


def compare_anomaly_counts(book, found, modes, unchanged):
    """unchanged: periods that a later run computed again and found as they stand. The window's
    anomalies may be others since, those of the period's own month are not."""
    expected = Counter()
    found = [(*row[:3], None) if row[0] in unchanged else tuple(row) for row in found
             if row[0] not in unchanged or row[2] > 0]
    for period, result in book.periods.items():
        month = reasons_of(result)
        for reason, count in fates_of(result, modes.get(period)).items():
            if reason in FATES.values():
                continue
            if period in unchanged and month[reason] > 0:
                expected[(period, reason, month[reason], None)] += 1
            elif period not in unchanged and count > 0:
                expected[(period, reason, month[reason], count)] += 1
    return compare_rows("anomaly_count", expected, tuples(found))


def run_of(result, carried, mode):
    """The figures of the run that computed a period. Where a later run carried levels forward, the
    figures of changes and grants are those of the earlier day, and are left out."""
    fates = fates_of(result, mode)
    run = {"members": len(result.standings), "points": result.points(),
           "events": sum(fates.values()), "anomalies": sum(result.anomalies.values())}
    for column, fate in FATES.items():
        run[column] = fates[fate]
    run["events_anomalous"] = run["events"] - sum(run[column] for column in FATES)
    if not carried:
        directions = result.directions()
        run.update(upgrades=directions["up"], downgrades=directions["down"],
                   program_changes=directions["program"], grants=len(result.grants))
    return run


def compare_runs(book, found):
    runs = {run["period"]: run for run in found}
    lines = []
    for period, result in book.periods.items():
        run = runs.get(period, {})
        for column, figure in run_of(result, period in book.carried, run.get("mode")).items():
            stored = run.get(column)
            if stored != figure:
                lines.append(f"runs: {period} {column}: model {figure}, job {stored}")
    return lines


def months_of(result):
    """The points of all members by month of the window."""
    sums = Counter()
    for months in result.months.values():
        for month, points in months.items():
            sums[month] += points
    return sums


def sources_of(result):
    """The points of all members in the period's own month by kind."""
    sums = Counter()
    for lines in result.lines.values():
        for line in lines:
            if month_of(line.day) == result.period:
                sums[line.kind] += line.points
    return sums


def compare_details(book, found):
    """What a run stores for the report; kinds that the programme does not name are one."""
    months, sources, fates = Counter(), Counter(), Counter()
    for period, result in book.periods.items():
        if result.standings:
            months.update((period, month, points) for month, points in months_of(result).items())
        sources.update((period, source, points)
                       for source, points in sources_of(result).items() if points != 0)
        kinds = Counter()
        for (number, fate), count in result.kind_fates.items():
            name = book.kinds.get(number)
            kinds[(name if name in result.named else "-", fate)] += count
        fates.update((period, kind, fate, count)
                     for (kind, fate), count in kinds.items() if count > 0)
    with_members = {period for period, result in book.periods.items() if result.standings}
    return (compare_rows("run_month", months, tuples(
                row for row in found["run_months"] if row[0] in with_members))
            + compare_rows("run_source", sources, tuples(found["run_sources"]))
            + compare_rows("run_fate", fates, tuples(found["run_fates"])))


def member_center(book, today):
    """Contract 7.2: the points of the newest closed period, and the level in effect today."""
    newest = max(book.periods)
    in_effect = [period for period in book.periods if book.effective_on(period) <= today]
    level_from = book.periods[max(in_effect) if in_effect else newest]
    levels = level_from.standings if in_effect else {}
    effective_on = book.effective_on(newest)
    coupons = defaultdict(list)
    for (_, member_id, level, code), grant in book.grants.items():
        if grant.status(today) == "granted":
            coupons[member_id].append((code, level, str(grant.issue_from), str(grant.issue_until),
                                       str(grant.expires_on)))
    rows = Counter()
    for member_id, one in book.periods[newest].standings.items():
        # 5.2: a member without a standing is at the first level.
        level = levels[member_id].level if member_id in levels else level_from.levels[0][0]
        change = (one.level, str(effective_on))
        if today >= effective_on or one.level == level:
            change = (None, None)
        rows[(member_id, level, *change, one.points, one.next_level, one.points_to_next,
              one.expiring_points, tuple(sorted(coupons[member_id])))] += 1
    return rows


COUPON_KEYS = ("coupon", "level", "issue_from", "issue_until", "expires_on")


def compare_member_center(book, found, today):
    rows = Counter(
        (*row[:-1], tuple(sorted(tuple(coupon[key] for key in COUPON_KEYS) for coupon in row[-1])))
        for row in found)
    return compare_rows("member_center", member_center(book, today) if book.periods else Counter(),
                        rows)


def compare_all(book, found, today):
    """All differences; empty if the job and the model agree."""
    return (compare_rows("standings", standings(book), tuples(found["standings"]))
            + compare_rows("level_changes", level_changes(book), tuples(found["level_changes"]))
            + compare_grants(book, found["coupon_grants"], today)
            + compare_anomalies(book, found["anomalies"])
            + compare_anomaly_counts(book, found["anomaly_counts"], found["modes"] or {},
                                     found["unchanged"])
            + compare_runs(book, found["runs"])
            + compare_details(book, found)
            + compare_member_center(book, found["member_center"], today))
