#!/usr/bin/python3
"""What stands published after several runs, as the slow model has it (contract 8).

A Book keeps the closed periods and the grants in dictionaries. Its calls mirror the commands:
close (also for settling), restate and backfill.
"""

import copy
import dataclasses
import datetime
from collections import defaultdict
from dataclasses import dataclass

import model
from programme import month_add, month_day


@dataclass
class Grant:
    issue_from: datetime.date
    issue_until: datetime.date
    expires_on: datetime.date
    stored: str                     # 'granted' or 'lapsed'

    def status(self, today):
        """As it reads on a day: a granted one has lapsed after expires_on (contract 1.5)."""
        if self.stored == "granted" and today > self.expires_on:
            return "lapsed"
        return self.stored


class LevelsChanged(Exception):
    """Levels cannot be carried into a period closed under levels of other names."""


class Book:

    def __init__(self, programme, kinds, windows=model.run_window):
        self.programme = programme
        self.kinds = kinds
        self.windows = windows
        self.periods = {}           # period: Result
        self.grants = {}            # (period, member_id, level, coupon): Grant
        self.revoked = []           # such keys, one for each time a grant was taken back
        self.carried = set()        # periods a run changed without reading their events

    def copy(self):
        """As it is now, whatever becomes of this one. (Results and grants are never changed.)"""
        twin = copy.copy(self)
        twin.periods = dict(self.periods)
        twin.grants = dict(self.grants)
        twin.revoked = list(self.revoked)
        twin.carried = set(self.carried)
        return twin

    def effective_on(self, period):
        """Contract 1.4."""
        return month_day(month_add(period, 1), self.programme.effective_day)

    def is_final(self, period, today):
        """Contract 8.3."""
        return period in self.periods and today >= self.effective_on(period)

    def levels_before(self, period):
        """Contract 5.2: member_id: level in the standing of P-1."""
        result = self.periods.get(month_add(period, -1))
        if result is None:
            return {}
        return {member_id: standing.level for member_id, standing in result.standings.items()}

    def codes_before(self, period, today):
        """Contract 5.4: member_id: the codes that the member holds already, in other periods.

        A later period's grant counts once its issue has begun: nobody can take it back then. What
        stands in this period itself stays.
        """
        codes = defaultdict(set)
        for (granted_in, member_id, _, code), grant in self.grants.items():
            if granted_in < period or granted_in > period and grant.issue_from <= today:
                codes[member_id].add(code)
        for granted_in, member_id, _, code in self.grants:
            if granted_in == period:
                codes[member_id].discard(code)
        return codes

    def close(self, members, events, period, today):
        """A first close, or settling; a final period stays as it is (contract 8.4)."""
        if self.is_final(period, today):
            return
        self.recompute(members, events, period, today)

    def restate(self, members, events, period, today):
        self.backfill(members, events, period, period, today)

    def backfill(self, members, events, first, last, today):
        """Contract 8.3: recomputes from first to last, then carries the levels forward."""
        period = first
        while period <= last:
            self.recompute(members, events, period, today)
            period = month_add(period, 1)
        while period in self.periods and self.carry_forward(period, today):
            period = month_add(period, 1)

    def recompute(self, members, events, period, today):
        self.periods[period] = self.result(members, events, period, today)
        self.carried.discard(period)
        self.publish_grants(period, today)

    def result(self, members, events, period, today):
        """What the period comes to if it is computed now."""
        return model.close(
            self.programme, self.kinds, members, events, period,
            self.levels_before(period), self.codes_before(period, today), self.windows)

    def carry_forward(self, period, today):
        """A closed period keeps its points; its from-levels and grants follow. True if the periods
        after it may have to follow too."""
        result = self.periods[period]
        rules = self.programme.rules_for(period)
        if rules.level_names() != [name for name, _ in result.levels]:
            raise LevelsChanged(period)
        changes, grants = model.steps(
            rules, result.standings, self.levels_before(period), self.codes_before(period, today))
        changed = (changes, grants) != (result.changes, result.grants)
        self.periods[period] = dataclasses.replace(result, changes=changes, grants=grants)
        self.carried.add(period)
        self.publish_grants(period, today)
        # A coupon once in a life may move far, whatever is between.
        return changed or rules.coupons is not None and rules.coupons.once_per_level

    def publish_grants(self, period, today):
        """Contract 8.3: what is deserved is there; the rest is revoked before its issue."""
        rules = self.programme.rules_for(period)
        if rules.coupons is None:
            return
        issue_from, issue_until, expires_on = model.grant_dates(rules, period)
        deserved = {(period,) + grant for grant in self.periods[period].grants}
        for key in deserved:
            if key not in self.grants:
                stored = "lapsed" if today > issue_until else "granted"
                self.grants[key] = Grant(issue_from, issue_until, expires_on, stored)
        for key in [key for key in self.grants if key[0] == period and key not in deserved]:
            if today < self.grants[key].issue_from:
                del self.grants[key]
                self.revoked.append(key)
