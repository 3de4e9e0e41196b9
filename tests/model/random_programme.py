#!/usr/bin/python3
"""A random programme as YAML text: valid by the contract, and odd within it.

The text is written by hand and not by a YAML library, so it looks like one that a person keeps.
"""

import datetime

from programme import month_add, month_day

# Kinds a user may have added to loyalty.event_kind; 'coins' is never named by any rule.
EXTRA_KINDS = {100: "coins", 101: "game", 102: "quiz"}
OTHER_KINDS = ["review", "visit", "follow", "club_post", "bonus", "adjustment", "game", "quiz"]
LEVEL_NAMES = ["Silver", "Gold", "Platinum", "Diamond", "Black"]


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def random_levels(random, earlier):
    """Names and thresholds; a later entry may drop, add or rename a level."""
    count = random.randint(2, 5)
    names = LEVEL_NAMES[:count]
    if earlier is not None and random.random() < 0.6:
        index = random.randrange(len(names))
        names[index] = f"New {names[index]}"
    thresholds = [0]
    for _ in names[1:]:
        thresholds.append(thresholds[-1] + random.choice([1, 5, 20, 60, 101, 150, 400]))
    return list(zip(names, thresholds))


def random_purchase(random):
    parts = []
    if random.random() < 0.8:
        parts.append("points_per_unit: " + random.choice(
            ["1", "0.10", "0.01", "0.33", "1.50", "2", "0.07", "3.99"]))
    if not parts or random.random() < 0.4:
        parts.append(f"points_per_order: {random.choice([1, 5, 10])}")
    if random.random() < 0.7:
        parts.append("min_amount: " + random.choice(["2.00", "0.01", "10.50", "1"]))
    if random.random() < 0.7:
        parts.append(f"max_per_order: {random.choice([5, 50, 100, 500])}")
    if random.random() < 0.7:
        points = random.randint(1, 3)
        parts.append(f"category_bonus: {{points: {points}, "
                     f"max_per_day: {random.choice([1, 2, 5, 6])}}}")
    return "{" + ", ".join(parts) + "}"


def random_earning(random):
    """kind: flow mapping, for a random choice of kinds."""
    earning = {}
    if random.random() < 0.95:
        earning["purchase"] = random_purchase(random)
    for kind in OTHER_KINDS:
        if random.random() < 0.3 and kind != "adjustment":
            continue
        recorded = kind in ("bonus", "adjustment") or random.random() < 0.25
        parts = ["points: recorded" if recorded else f"points: {random.randint(1, 4)}"]
        if random.random() < 0.25 and kind != "adjustment":
            parts.append("min_amount: " + random.choice(["2.00", "0.01", "5.00"]))
        if random.random() < (0.7 if kind == "visit" else 0.2) and kind != "adjustment":
            parts.append("once_per: day")
        earning[kind] = "{" + ", ".join(parts) + "}"
    return earning


def random_caps(random, kinds):
    """Caps whose sets are nested or disjoint: a random split of the kinds, and splits of it."""
    caps = []

    def split(group, depth):
        if depth > 0 and random.random() < 0.6:
            scale = 30 if "purchase" in group else 1
            for per, limits in (("day", (1, 2, 3, 5, 8)), ("month", (3, 5, 10, 12, 30))):
                if random.random() < 0.6:
                    caps.append((list(group), per, random.choice(limits) * scale))
        if len(group) > 1 and depth < 4:
            random.shuffle(group)
            middle = random.randint(1, len(group) - 1)
            split(group[:middle], depth + 1)
            split(group[middle:], depth + 1)

    split(list(kinds), random.choice([0, 0, 1]))
    random.shuffle(caps)
    return caps


def random_campaigns(random, kinds, months):
    """Campaigns that overlap and cross month ends; the largest multiplier counts."""
    campaigns = []
    begin = None
    for index in range(random.choice([0, 2, 4, 8])):
        # Every other one overlaps the one before it.
        if begin is None or random.random() < 0.5:
            begin = month_day(random.choice(months), 1)
        begin += datetime.timedelta(days=random.choice([0, 0, 1, 5, 10, 27]))
        end = begin + datetime.timedelta(days=random.choice([1, 2, 7, 31, 90]))
        named = random.sample(sorted(kinds), random.randint(1, min(4, len(kinds))))
        if "purchase" in kinds and "purchase" not in named and random.random() < 0.5:
            named.append("purchase")
        multiply = random.choice(["2", "1.50", "3", "0.50", "1.25", "1.01"])
        campaigns.append(f'{{name: "campaign {index}", from: {begin}, until: {end}, '
                         f"kinds: [{', '.join(named)}], multiply: {multiply}}}")
    return campaigns


def random_coupons(random, levels):
    lines = ["    coupons:",
             f"      issue_from_day: {random.choice([8, 8, 9])}",
             f"      issue_until_day: {random.choice([9, 14, 20])}",
             f"      valid_days: {random.choice([1, 7, 30])}",
             f"      skipped_levels: {random.choice(['target_only', 'each'])}",
             f"      repeat: {random.choice(['every_advance', 'once_per_level'])}",
             "      level_up:"]
    codes = ["A", "B", "C", "D", "E", "F", "G", "H"]
    random.shuffle(codes)
    for name, _ in levels[1:]:
        coupons = [f"{{code: LEVEL-{codes.pop()}, value: 3.00, min_spend: 20.00}}"
                   for _ in range(random.choice([1, 1, 2]))]
        lines.append(f"        {name}: [{', '.join(coupons)}]")
    return lines


def random_entry(random, begin, months, earlier):
    levels = random_levels(random, earlier)
    earning = random_earning(random)
    lines = [f"  - from: {begin}", "    levels:"]
    lines += [f"      - {{name: {name}, min_points: {points}}}" for name, points in levels]
    lines.append("    earning:")
    lines += [f"      {kind}: {item}" for kind, item in earning.items()]
    capped = sorted(set(earning) - {"adjustment"})
    if "category_bonus" in earning.get("purchase", ""):
        capped.append("category_bonus")
    caps = random_caps(random, capped)
    if caps:
        lines.append("    caps:")
        lines += [f"      - {{kinds: [{', '.join(kinds)}], per: {per}, max_points: {points}}}"
                  for kinds, per, points in caps]
    lines.append(f"    refund: {{voids: {random.choice(['amount', 'amount', 'order'])}}}")
    lines.append(f"    fraud: {{voids: {random.choice(['order', 'member'])}}}")
    campaigns = random_campaigns(random, earning, months)
    if campaigns:
        lines.append("    campaigns:")
        lines += [f"      - {item}" for item in campaigns]
    return lines + random_coupons(random, levels), levels


def random_programme(random, timezone, months, periods):
    """YAML text. months: those of the events. periods: those to be closed; each gets rules."""
    begins = ["1990-01"]
    if random.random() < 0.15:
        begins = [min(random.choice(months[:6]), periods[0])]
    for month in random.sample(months[1:] + periods[1:], random.choice([0, 1, 1, 2])):
        if month > begins[0] and month not in begins:
            begins.append(month)
    if random.random() < 0.3 and month_add(periods[-1], 1) not in begins:
        begins.append(month_add(periods[-1], 1))    # in force after all that is closed
    lines = ["program: random", f"timezone: {timezone}", "currency: USD",
             f"window_months: {random.choice([12, 12, 12, 6, 3, 1])}",
             f"effective_day: {random.choice([8, 8, 5])}", "settle: true",
             "source: {members: loyalty.member, events: loyalty.point_event, "
             "kinds: loyalty.event_kind}", "rules:"]
    # Campaigns lie where the closes look: in the half year up to the last period.
    recent = [month for month in months if month_add(periods[-1], -6) <= month <= periods[-1]]
    months = recent or months
    earlier = None
    for begin in sorted(begins):
        entry, earlier = random_entry(random, begin, months, earlier)
        lines += entry
    return "\n".join(lines) + "\n"
