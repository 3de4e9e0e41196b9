#!/usr/bin/python3
"""One member's window in the slow model: which events count and what they earn (contract 2-4, 6).

The events go in raw; out come a fate for each event and the lines of points. Nothing here knows of
levels, and nothing is shared with the job.
"""

import datetime
import math
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from programme import month_of

KINDS = {1: "purchase", 2: "refund", 3: "fraud", 4: "review", 5: "visit", 6: "follow",
         7: "club_post", 8: "bonus", 9: "adjustment"}


@dataclass
class Member:
    member_id: int
    registered_on: datetime.date
    closed_on: datetime.date | None = None


@dataclass(eq=False)                # an event is itself: two alike are still two
class Event:
    event_id: int
    member_id: int
    kind: int | None
    occurred_at: datetime.datetime  # with its zone
    order_id: int | None = None
    item_cents: int | None = None
    discount_cents: int | None = None
    shipping_cents: int | None = None
    category_ids: list | None = None
    points: int | None = None

    def when(self):
        return (self.occurred_at, self.event_id)


@dataclass
class Credit:
    """Contract 3.2: the purchases of one member, order and local month."""
    order_id: int
    month: str
    events: list = field(default_factory=list)
    held_cents: int = 0             # what refunds and frauds have left

    def first(self):
        return min(self.events, key=Event.when)


@dataclass
class Line:
    """Points of one day: of an event, of a credit, or the day's category bonus (no event)."""
    day: datetime.date
    kind: str
    points: int
    first: Event | None
    events: list
    before_caps: int = 0

    def place(self):
        """The order in which caps look at lines; the bonus comes after its day's events."""
        if self.first is None:
            return (self.day, 1)
        return (self.day, 0, self.first.occurred_at, self.first.event_id)


# ---------------------------------------------------------------- 6: what cannot count

def reason_against(event, name, rules):
    """The event's anomaly as far as it shows without other events, or None."""
    if rules is None or name is None:
        return "unknown_kind"
    if name == "purchase":
        if rules.purchase is None:
            return "unknown_kind"
        if event.order_id is None:
            return "missing_order_id"
        if event.item_cents is None:
            return "missing_amount"
        if event.item_cents < 0 or (event.discount_cents or 0) < 0:
            return "negative_amount"
        return None
    if name in ("refund", "fraud"):
        if event.order_id is None:
            return "missing_order_id"
        if name == "refund" and event.item_cents is not None and event.item_cents < 0:
            return "negative_amount"
        return None
    if name not in rules.earning:
        return "unknown_kind"
    earning = rules.earning[name]
    if earning.min_amount_cents is not None:
        if event.item_cents is None:
            return "missing_amount"
        if event.item_cents < 0:
            return "negative_amount"
    if earning.points is None and event.points is None:
        return "missing_points"
    return None


# ---------------------------------------------------------------- one member's window

class MemberWindow:
    """All events of one member within the window, from raw to lines and fates."""

    def __init__(self, programme, kinds, months, events):
        self.programme = programme
        self.kinds = kinds
        self.months = months
        self.events = sorted(events, key=Event.when)
        self.fates = {}             # Event: fate
        self.lines = []
        self.credits = {}           # (order_id, month): Credit
        self.takes = []             # refunds and frauds that act
        self.others = defaultdict(list)     # month: valid events of the other kinds
        self.voided = set()         # other events that a fraud took (3.5)

    def month(self, event):
        return month_of(self.programme.local(event.occurred_at))

    def day(self, event):
        return self.programme.local(event.occurred_at).date()

    def rules(self, event):
        return self.programme.rules_for(self.month(event))

    def name(self, event):
        return self.kinds.get(event.kind)

    def run(self):
        self.sort_out()
        self.take()
        for month in self.months:
            self.earn(month)
        assert set(self.fates) == set(self.events)

    def sort_out(self):
        """Contract 6 and 3.2: anomalies aside, purchases to credits."""
        for event in self.events:
            rules = self.rules(event)
            name = self.name(event)
            reason = reason_against(event, name, rules)
            if reason is not None:
                self.fates[event] = reason
            # A fraud without its order still voids what the member did before it.
            if name == "fraud" and rules is not None:
                if reason is None or rules.fraud_voids == "member":
                    self.takes.append(event)
            elif reason is not None:
                continue
            elif name == "refund":
                self.takes.append(event)
            elif name == "purchase":
                key = (event.order_id, self.month(event))
                credit = self.credits.setdefault(key, Credit(*key))
                credit.events.append(event)
                # 3.1: item less discount, never below 0; shipping never counts.
                credit.held_cents += max(event.item_cents - (event.discount_cents or 0), 0)
            else:
                self.others[self.month(event)].append(event)

    def take(self):
        """Contract 3.3 to 3.5: refunds and frauds, in the order of time."""
        for event in self.takes:
            if event.order_id is not None:
                matched = self.take_from_order(event)
                self.fates[event] = "refunds" if matched else "unmatched_refund"
            if self.name(event) == "fraud" and self.rules(event).fraud_voids == "member":
                # In time as a refund (3.3): its own local month and earlier ones.
                for credit in self.credits.values():
                    if (credit.first().occurred_at <= event.occurred_at
                            and credit.month <= self.month(event)):
                        credit.held_cents = 0
                for month, others in self.others.items():
                    for other in others:
                        if (other.occurred_at <= event.occurred_at
                                and month <= self.month(event)):
                            self.voided.add(other)

    def take_from_order(self, event):
        """Takes off the order's credits of this month and earlier; true if that was all there."""
        reached = [credit for credit in self.credits.values()
                   if credit.order_id == event.order_id and credit.month <= self.month(event)]
        reached.sort(key=lambda credit: credit.month, reverse=True)
        available = sum(credit.held_cents for credit in reached)
        wanted = available
        if (self.name(event) == "refund" and self.rules(event).refund_voids == "amount"
                and event.item_cents is not None):
            wanted = event.item_cents
        left = wanted
        for credit in reached:
            taken = min(left, credit.held_cents)
            credit.held_cents -= taken
            left -= taken
        return available > 0 and wanted <= available

    def earn(self, month):
        """Contract 3.6 to 4.4 for one month."""
        rules = self.programme.rules_for(month)
        if rules is None:
            return
        lines = self.earn_purchases(month, rules) + self.earn_others(month, rules)
        for line in lines:
            line.before_caps = line.points
        apply_caps(rules.caps, lines)
        for line in lines:
            fate = "capped" if line.before_caps > 0 and line.points == 0 else "earning"
            for event in line.events:
                self.fates[event] = fate
        self.lines += sorted(lines, key=Line.place)

    def earn_purchases(self, month, rules):
        lines = []
        categories = defaultdict(set)       # day: distinct category ids
        for credit in self.credits.values():
            if credit.month != month:
                continue
            purchase = rules.purchase
            cents = credit.held_cents
            # 3.6: above 0 and at least min_amount, after refunds.
            if cents <= 0 or cents < purchase.min_amount_cents:
                for event in credit.events:
                    self.fates[event] = "ineligible"
                continue
            points = purchase.points_per_order
            points += math.floor(Fraction(cents, 100) * purchase.points_per_unit)
            points = math.floor(points * self.multiplier(rules, "purchase", credit.first()))
            if purchase.max_per_order is not None:
                points = min(points, purchase.max_per_order)
            day = self.day(credit.first())
            lines.append(Line(day, "purchase", points, credit.first(), credit.events))
            # 3.7: each shipment lends its categories to its own day.
            for event in credit.events:
                categories[self.day(event)] |= {
                    number for number in event.category_ids or [] if number is not None}
        for day, numbers in categories.items():
            if rules.purchase.category_points is not None and len(numbers) >= 2:
                points = (len(numbers) - 1) * rules.purchase.category_points
                if rules.purchase.category_max_per_day is not None:
                    points = min(points, rules.purchase.category_max_per_day)
                lines.append(Line(day, "category_bonus", points, None, []))
        return lines

    def earn_others(self, month, rules):
        lines = []
        used = set()                        # (kind, day) for once_per: day
        for event in self.others[month]:    # in the order of time
            name = self.name(event)
            earning = rules.earning[name]
            day = self.day(event)
            eligible = event not in self.voided
            # 4.2: min_amount.
            if earning.min_amount_cents is not None:
                eligible = eligible and event.item_cents >= earning.min_amount_cents
            # 4.2: once_per, of the eligible events the first.
            if eligible and earning.once_per_day:
                eligible = (name, day) not in used
                used.add((name, day))
            if not eligible:
                self.fates[event] = "ineligible"
                continue
            # 4.1: the rule's points or the event's own.
            points = event.points if earning.points is None else earning.points
            points = math.floor(points * self.multiplier(rules, name, event))
            lines.append(Line(day, name, points, event, [event]))
        return lines

    def multiplier(self, rules, name, event):
        """Contract 4.3: the largest among the campaigns that name the kind and hold the time."""
        local = self.programme.local(event.occurred_at)
        return max((campaign.multiply for campaign in rules.campaigns
                    if name in campaign.kinds and campaign.begin <= local < campaign.end),
                   default=1)


def apply_caps(caps, lines):
    """Contract 4.4: the day's caps first, then the month's; smaller sets before larger ones."""
    for cap in sorted(caps, key=lambda cap: (cap.per != "day", len(cap.kinds))):
        groups = defaultdict(list)
        for line in lines:
            if line.kind in cap.kinds:
                groups[line.day if cap.per == "day" else "month"].append(line)
        for group in groups.values():
            excess = sum(line.points for line in group) - cap.max_points
            # The latest lose first; what is negative is left as it is.
            for line in sorted(group, key=Line.place, reverse=True):
                if excess > 0 and line.points > 0:
                    cut = min(excess, line.points)
                    line.points -= cut
                    excess -= cut
