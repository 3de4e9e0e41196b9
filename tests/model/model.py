#!/usr/bin/python3
"""The slow, obvious model of a close.

It follows the contract paragraph by paragraph, with dictionaries and exact fractions, and shares no
code with the job. `close` gives what a period must come to; what is then published, kept or
revoked over several runs is in book.py. What a member's events earn is in earning.py.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass

from earning import MemberWindow
from programme import month_add, month_day, month_last_day, month_of


@dataclass
class Standing:
    points: int
    level: str
    next_level: str | None
    points_to_next: int | None
    expiring_points: int


@dataclass
class Change:
    from_level: str
    to_level: str
    direction: str
    points: int


@dataclass
class Result:
    period: str
    standings: dict                 # member_id: Standing
    changes: dict                   # member_id: Change
    grants: set                     # (member_id, level, coupon), those deserved
    anomalies: Counter              # (reason, member_id, event_id) of the period's own month
    fates: Counter                  # of the whole window; anomalies by their reasons
    month_fates: Counter            # of the period's own month
    kind_fates: Counter             # the same: (kind's number, fate)
    months: dict                    # member_id: {month: points}
    lines: dict                     # member_id: [Line]
    levels: list                    # of the rules in force: (name, min_points), the lowest first
    named: frozenset                # the kinds that the programme named then

    def points(self):
        return sum(standing.points for standing in self.standings.values())

    def directions(self):
        return Counter(change.direction for change in self.changes.values())


# ---------------------------------------------------------------- levels and coupons

def has_standing(member, period):
    """Contract 2.2: registered by the last day of the period and not closed by it."""
    last = month_last_day(period)
    return member.registered_on <= last and (member.closed_on is None or member.closed_on > last)


def standing_of(rules, points, expiring_points):
    """Contract 5.1."""
    rank = max(index for index, (_, min_points) in enumerate(rules.levels) if points >= min_points)
    if rank + 1 < len(rules.levels):
        next_level, next_points = rules.levels[rank + 1]
        return Standing(points, rules.levels[rank][0], next_level, next_points - points,
                        expiring_points)
    return Standing(points, rules.levels[rank][0], None, None, expiring_points)


def change_of(rules, level_before, standing):
    """Contract 5.2, 5.3: a Change or None. level_before is None without a standing in P-1."""
    names = rules.level_names()
    if level_before is None:
        level_before = names[0]
    if level_before == standing.level:
        return None
    if level_before not in names:
        direction = "program"
    elif names.index(standing.level) > names.index(level_before):
        direction = "up"
    else:
        direction = "down"
    return Change(level_before, standing.level, direction, standing.points)


def coupons_of(rules, change, has_already):
    """Contract 5.4: the (level, coupon) pairs a change grants. has_already: the member's codes."""
    if change is None or change.direction != "up" or rules.coupons is None:
        return set()
    names = rules.level_names()
    levels = [change.to_level]
    if rules.coupons.each_level:
        levels = names[names.index(change.from_level) + 1:names.index(change.to_level) + 1]
    granted = set()
    for level in levels:
        for code in rules.coupons.level_up.get(level, []):
            if not (rules.coupons.once_per_level and code in has_already):
                granted.add((level, code))
    return granted


def grant_dates(rules, period):
    """Contract 1.5: issue_from, issue_until, expires_on."""
    following = month_add(period, 1)
    until = month_day(following, rules.coupons.issue_until_day)
    return (month_day(following, rules.coupons.issue_from_day), until,
            until + datetime.timedelta(days=rules.coupons.valid_days))


def steps(rules, standings, before, codes):
    """Changes and deserved grants of all members.

    before: member_id: level in the standing of P-1. codes: member_id: codes granted earlier.
    """
    changes = {}
    grants = set()
    for member_id, standing in standings.items():
        change = change_of(rules, before.get(member_id), standing)
        if change is not None:
            changes[member_id] = change
        for level, code in coupons_of(rules, change, codes.get(member_id, set())):
            grants.add((member_id, level, code))
    return changes, grants


# ---------------------------------------------------------------- the close

def run_window(programme, kinds, window, events):
    """One member's window, done."""
    member_window = MemberWindow(programme, kinds, window, events)
    member_window.run()
    return member_window


def close(programme, kinds, members, events, period, before=None, codes=None, windows=run_window):
    """What the period comes to, as a Result.

    members: member_id: Member. events: a list. before: member_id: level name in P-1.
    codes: member_id: the coupon codes granted in earlier periods. windows: as run_window, for a
    caller that closes often and keeps them.
    """
    window = programme.window(period)
    by_member = defaultdict(list)
    for event in events:
        # 2.1, 2.3: inside the window, and not after the end of P.
        if month_of(programme.local(event.occurred_at)) in window:
            by_member[event.member_id].append(event)

    rules = programme.rules_for(period)
    result = Result(period, {}, {}, set(), Counter(), Counter(), Counter(), Counter(), {}, {},
                    rules.levels, programme.named_kinds())
    for member_id in sorted(set(members) | set(by_member)):
        fates = {event: "unknown_member" for event in by_member[member_id]}
        if member_id in members:
            window_of_member = windows(programme, kinds, window, by_member[member_id])
            fates = window_of_member.fates
            if has_standing(members[member_id], period):
                months = dict.fromkeys(window, 0)
                for line in window_of_member.lines:
                    months[month_of(line.day)] += line.points
                result.months[member_id] = months
                result.lines[member_id] = window_of_member.lines
                result.standings[member_id] = standing_of(
                    rules, max(0, sum(months.values())), months[window[0]])
            else:
                fates = {event: "ineligible" if fate in ("earning", "capped") else fate
                         for event, fate in fates.items()}
        for event, fate in fates.items():
            result.fates[fate] += 1
            own_month = month_of(programme.local(event.occurred_at)) == period
            result.month_fates[fate] += own_month
            result.kind_fates[(event.kind, fate)] += own_month
            if own_month and fate not in ("earning", "refunds", "capped", "ineligible"):
                result.anomalies[(fate, member_id, event.event_id)] += 1

    result.changes, result.grants = steps(rules, result.standings, before or {}, codes or {})
    return result
