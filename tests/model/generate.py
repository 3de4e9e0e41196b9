#!/usr/bin/python3
"""A seeded random case: a programme, members, events, and the periods to close.

generate.py SEED prints what a seed holds, for a look at a failure.
"""

import datetime
import random as random_module
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import model
import programme
from earning import KINDS, Member
from instants import ZONES, Instants, months_between
from programme import month_add, month_last_day
from random_programme import EXTRA_KINDS, random_programme
from stories import Stories

SHIPPED = ["aliexpress.yaml", "aliexpress-flat.yaml", "aliexpress-legacy.yaml"]
CONFIG_FOLDER = Path(__file__).resolve().parents[2] / "config"
ALL_KINDS = {**KINDS, **EXTRA_KINDS}


@dataclass
class Case:
    seed: int
    source: str                     # the shipped file's name, or 'random'
    programme: programme.Programme
    members: dict
    events: list
    periods: list
    random: random_module.Random    # for the rest of the seed's decisions

    def title(self):
        return (f"seed {self.seed}: {self.source}, {self.programme.timezone}, "
                f"{len(self.members)} members, {len(self.events)} events, "
                f"periods {self.periods[0]} to {self.periods[-1]}")


def choose_programme(random, timezone, months, periods, config_folder, source):
    if source is None:
        source = "random" if random.random() < 0.5 else random.choice(SHIPPED)
    if source == "random":
        return source, programme.load(random_programme(random, timezone, months, periods))
    text = (Path(config_folder) / source).read_text(encoding="utf-8")
    return source, programme.load(
        re.sub(r"(?m)^timezone:[^#\n]*", f"timezone: {timezone} ", text))


def choose_periods(random, months, count):
    """Full and partial windows: from before the first event to long after the last."""
    first = random.choice([
        random.randint(-2, 3), random.randint(4, len(months) - 1),
        random.randint(9, len(months) - 1), random.randint(9, len(months) + 13)])
    return months_between(month_add(months[0], first), count)


def boundary_amounts(rules):
    """Cents at which an order begins to earn, or earns no more."""
    amounts = [0, 1, 100, 200]
    for entry in rules.rules:
        if entry.purchase is not None:
            amounts.append(int(entry.purchase.min_amount_cents))
            if entry.purchase.max_per_order and entry.purchase.points_per_unit:
                amounts.append(int(entry.purchase.max_per_order * 100
                                   / entry.purchase.points_per_unit))
    return amounts


def random_members(random, months):
    """Members; registered and closed around month ends, some long before."""
    members = {}
    big = random.random() < 0.3
    for index in range(random.randint(20, 60)):
        member_id = random.choice([-5, 0, 2**62, 10**12]) if index < 2 else index + 1
        if big and index >= 2:
            member_id = random.randrange(1, 2**40)
        registered = datetime.date(2001, 2, 3)
        if random.random() < 0.5:
            registered = (month_last_day(random.choice(months))
                          + datetime.timedelta(days=random.choice([-30, -1, 0, 0, 1, 1, 2])))
        closed = None
        if random.random() < 0.2:
            closed = (month_last_day(random.choice(months + [month_add(months[-1], 1)]))
                      + datetime.timedelta(days=random.choice([-1, 0, 0, 1, 1])))
            closed = max(closed, registered)
        members[member_id] = Member(member_id, registered, closed)
    return members


def random_stories(random, instants, members, amounts):
    stories = Stories(random, instants, amounts)
    ids = sorted(members)
    favourites = random.sample(ids, len(ids) // 3)
    idle = random.choice(ids)                   # has a standing, and never an event
    target = random.randint(500, 2500)
    while len(stories.events) < target:
        member_id = random.choice(favourites if random.random() < 0.5 else ids)
        if random.random() < 0.02:
            member_id = random.choice([max(ids) + 1, min(ids) - 1, 61, 2**63 - 1])
        if member_id != idle:
            stories.tell(member_id)
    return stories


def aim_at_thresholds(case, stories, instants):
    """Pushes members to min_points - 1, exactly, and + 1, period by period."""
    for period in case.periods:
        rules = case.programme.rules_for(period)
        result = model.close(case.programme, ALL_KINDS, case.members, stories.events, period)
        targets = [points for _, points in rules.levels[1:]]
        for member_id, standing in result.standings.items():
            if not targets or case.random.random() < 0.45:
                continue
            target = case.random.choice(targets) + case.random.choice([-1, 0, 0, 1])
            missing = target - sum(result.months[member_id].values())
            when = instants.in_month(period)
            if "adjustment" in rules.earning:
                if abs(missing) < 2**31 and missing != 0:
                    stories.add(member_id, 9, when, points=missing)
            elif rules.purchase is not None and rules.purchase.points_per_order:
                for _ in range(min(missing // rules.purchase.points_per_order, 110)):
                    stories.add(member_id, 1, when, order_id=stories.order_id(), item_cents=5000)


def renumber(random, events):
    """Event numbers that do not follow time; now and then one number twice."""
    numbers = random.sample(range(1, 10 * len(events)), len(events))
    for event, number in zip(events, numbers):
        event.event_id = number
    if random.random() < 0.1:
        first, second = random.sample(events, 2)
        if first.occurred_at != second.occurred_at:
            second.event_id = first.event_id


def make_case(seed, period_count=3, config_folder=CONFIG_FOLDER, source=None):
    random = random_module.Random(seed)
    timezone = random.choice(sorted(ZONES))
    months = months_between(random.choice(ZONES[timezone]), random.randint(14, 18))
    periods = choose_periods(random, months, period_count)
    source, rules = choose_programme(random, timezone, months, periods, config_folder, source)
    edges = [edge for entry in rules.rules for campaign in entry.campaigns
             for edge in (campaign.begin, campaign.end)]
    instants = Instants(random, timezone, months, edges)
    members = random_members(random, months)
    stories = random_stories(random, instants, members, boundary_amounts(rules))
    case = Case(seed, source, rules, members, stories.events, periods, random)
    aim_at_thresholds(case, stories, instants)
    renumber(random, case.events)
    return case


def main():
    case = make_case(int(sys.argv[1]), *[int(text) for text in sys.argv[2:3]])
    print(case.programme.text)
    print(case.title())
    before = {}
    for period in case.periods:
        result = model.close(case.programme, ALL_KINDS, case.members, case.events, period, before)
        before = {member_id: standing.level for member_id, standing in result.standings.items()}
        print(period, len(result.standings), "members", result.points(), "points",
              dict(result.directions()), len(result.grants), "grants")
        print("   ", dict(result.fates))


if __name__ == "__main__":
    main()
