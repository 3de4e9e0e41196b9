#!/usr/bin/python3
"""A programme file, read for the slow model.

Scalars are loaded as text (BaseLoader), so 0.10 stays exactly one tenth. The loader believes what
it reads: to refuse a bad file is the job's business, and other tests look at that.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import yaml


# ---------------------------------------------------------------- months, written 'YYYY-MM'

def month_of(day):
    """The month of a date or of a local time."""
    return f"{day.year:04d}-{day.month:02d}"


def month_add(month, count):
    """The month that many months later; earlier if the count is negative."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def month_day(month, day):
    """A day of the month as a date."""
    return datetime.date(int(month[:4]), int(month[5:]), day)


def month_last_day(month):
    return month_day(month_add(month, 1), 1) - datetime.timedelta(days=1)


# ---------------------------------------------------------------- rules

@dataclass
class Purchase:
    points_per_order: int
    points_per_unit: Fraction
    min_amount_cents: Fraction
    max_per_order: int | None
    category_points: int | None
    category_max_per_day: int | None


@dataclass
class Earning:
    points: int | None              # None: as recorded in the event
    min_amount_cents: Fraction | None
    once_per_day: bool


@dataclass
class Cap:
    kinds: frozenset
    per: str                        # 'day' or 'month'
    max_points: int


@dataclass
class Campaign:
    begin: datetime.datetime        # local wall clock
    end: datetime.datetime
    kinds: frozenset
    multiply: Fraction


@dataclass
class Coupons:
    issue_from_day: int
    issue_until_day: int
    valid_days: int
    each_level: bool
    once_per_level: bool
    level_up: dict                  # level name: list of codes


@dataclass
class Rules:
    begin: str                      # first local month in force
    levels: list                    # (name, min_points), from the lowest
    purchase: Purchase | None
    earning: dict                   # kind name: Earning, the kinds other than purchase
    caps: list
    refund_voids: str
    fraud_voids: str
    campaigns: list
    coupons: Coupons | None

    def level_names(self):
        return [name for name, _ in self.levels]


@dataclass
class Programme:
    text: str
    timezone: str
    zone: ZoneInfo
    window_months: int
    effective_day: int
    settle: bool
    rules: list

    def rules_for(self, month):
        """Contract 4.5: the newest entry whose `from` is not after the month, or None."""
        in_force = [entry for entry in self.rules if entry.begin <= month]
        return max(in_force, key=lambda entry: entry.begin) if in_force else None

    def named_kinds(self):
        """Those that the file names, and the ones that need no naming."""
        return frozenset({"purchase", "refund", "fraud"}.union(
            *(entry.earning for entry in self.rules)))

    def local(self, occurred_at):
        """Contract 1.1: the wall clock in the programme's zone."""
        return occurred_at.astimezone(self.zone).replace(tzinfo=None)

    def window(self, period):
        """Contract 1.3: the months that end with the period, the oldest first."""
        return [month_add(period, -back) for back in reversed(range(self.window_months))]


# ---------------------------------------------------------------- from YAML

def _cents(text):
    return Fraction(Decimal(text)) * 100


def _local_time(text):
    if len(text) == 10:
        text += "T00:00:00"
    return datetime.datetime.fromisoformat(text)


def _optional_int(mapping, key):
    return int(mapping[key]) if key in mapping else None


def _read_purchase(node):
    bonus = node.get("category_bonus", {})
    return Purchase(
        points_per_order=int(node.get("points_per_order", "0")),
        points_per_unit=Fraction(Decimal(node.get("points_per_unit", "0"))),
        min_amount_cents=_cents(node.get("min_amount", "0")),
        max_per_order=_optional_int(node, "max_per_order"),
        category_points=_optional_int(bonus, "points"),
        category_max_per_day=_optional_int(bonus, "max_per_day"))


def _read_earning(node):
    return Earning(
        points=None if node["points"] == "recorded" else int(node["points"]),
        min_amount_cents=_cents(node["min_amount"]) if "min_amount" in node else None,
        once_per_day=node.get("once_per") == "day")


def _read_coupons(node):
    return Coupons(
        issue_from_day=int(node["issue_from_day"]),
        issue_until_day=int(node["issue_until_day"]),
        valid_days=int(node["valid_days"]),
        each_level=node.get("skipped_levels") == "each",
        once_per_level=node.get("repeat") == "once_per_level",
        level_up={level: [coupon["code"] for coupon in coupons]
                  for level, coupons in (node.get("level_up") or {}).items()})


def _read_rules(node):
    earning = node.get("earning") or {}
    return Rules(
        begin=node["from"],
        levels=[(level["name"], int(level["min_points"])) for level in node["levels"]],
        purchase=_read_purchase(earning["purchase"]) if "purchase" in earning else None,
        earning={kind: _read_earning(item) for kind, item in earning.items()
                 if kind != "purchase"},
        caps=[Cap(frozenset(cap["kinds"]), cap["per"], int(cap["max_points"]))
              for cap in node.get("caps") or []],
        refund_voids=(node.get("refund") or {}).get("voids", "amount"),
        fraud_voids=(node.get("fraud") or {}).get("voids", "order"),
        campaigns=[Campaign(_local_time(item["from"]), _local_time(item["until"]),
                            frozenset(item["kinds"]), Fraction(Decimal(item["multiply"])))
                   for item in node.get("campaigns") or []],
        coupons=_read_coupons(node["coupons"]) if node.get("coupons") else None)


def load(text):
    """A Programme from the text of its YAML file."""
    root = yaml.load(text, Loader=yaml.BaseLoader)
    return Programme(
        text=text,
        timezone=root["timezone"],
        zone=ZoneInfo(root["timezone"]),
        window_months=int(root.get("window_months", "12")),
        effective_day=int(root.get("effective_day", "8")),
        settle=root.get("settle", "true") == "true",
        rules=[_read_rules(entry) for entry in root["rules"]])
