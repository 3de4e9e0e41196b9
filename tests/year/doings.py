"""What happens on a day of the shop: events of all kinds, members who come and go.

The stories are those of tests/model; here they take place on the day, or come to light on it.
"""

import datetime
from collections import defaultdict

from generate import random_members
from instants import HOUR, Instants
from programme import month_day, month_of
from stories import Stories

DAY = datetime.timedelta(days=1)
MEMBERS_MAX = 24
# Days after which something is told late.
DELAYS = [1, 1, 2, 3, 5, 10, 40, 100]


class Today(Instants):
    """Moments of a day, or shortly before, or of any time."""

    day = None

    def any(self):
        choice = self.random.random()
        if choice < 0.6:
            return self.near_day(self.day)
        if choice < 0.75:
            return self.near_day(self.day - self.random.randrange(40) * DAY)
        if choice < 0.8:
            # The last moments of the month before, and the first of this one.
            return self.near(self.midnight(month_day(month_of(self.day), 1)))
        if choice < 0.9:
            return self.near_day(self.day - self.random.randrange(400) * DAY)
        return super().any()

    def near_day(self, day):
        return self.on_day_of(self.midnight(day) + 12 * HOUR)


class Doings:

    def __init__(self, random, rules, timezone, months, amounts):
        """months: those that are played. amounts: cents at which a rule changes its mind."""
        edges = [edge for entry in rules.rules for campaign in entry.campaigns
                 for edge in (campaign.begin, campaign.end)]
        self.random = random
        self.instants = Today(random, timezone, months, edges)
        self.instants.day = month_day(months[0], 1)
        self.stories = Stories(random, self.instants, amounts)
        self.seen = 0                       # of the stories' events
        self.expected = defaultdict(list)   # day: events that come to light then
        self.members = {}                   # as in the table
        self.arrivals = defaultdict(list)   # day: members whose row comes
        self.partings = defaultdict(list)   # day: (member_id, closed_on)
        self._plan_members(months)

    def _plan_members(self, months):
        everybody = list(random_members(self.random, months).values())
        self.random.shuffle(everybody)
        for member in everybody[:MEMBERS_MAX]:
            told = max(member.registered_on, self.instants.day)
            self.arrivals[told + self._delay(0.3)].append(member)
            if member.closed_on is not None:
                self.partings[max(member.closed_on, told) + self._delay(0.3)].append(
                    (member.member_id, member.closed_on))
                member.closed_on = None

    def _delay(self, share):
        late = self.random.random() < share
        return self.random.choice(DELAYS) * DAY if late else 0 * DAY

    # ------------------------------------------------------------ members

    def move_members(self, day):
        """Who registers, closes, or is corrected; SQL statements."""
        statements = []
        for member in self.arrivals.pop(day, []):
            self.members[member.member_id] = member
            statements.append(f"insert into loyalty.member (member_id, registered_on) values "
                              f"({member.member_id}, '{member.registered_on}')")
        for member_id, closed_on in self.partings.pop(day, []):
            if member_id in self.members:
                statements.append(self._correct(member_id, "closed_on", closed_on))
            else:
                self.partings[day + 10 * DAY].append((member_id, closed_on))
        if self.members and self.random.random() < 0.02:
            member = self.members[self.random.choice(sorted(self.members))]
            if member.closed_on is not None:
                statements.append(self._correct(member.member_id, "closed_on", None))
            else:
                other = member.registered_on + self.random.choice([-40, -1, 1, 5, 31]) * DAY
                statements.append(self._correct(member.member_id, "registered_on", other))
        return statements

    def _correct(self, member_id, column, day):
        member = self.members[member_id]
        setattr(member, column, day)
        if member.closed_on is not None and member.closed_on < member.registered_on:
            member.closed_on = member.registered_on
        return (f"update loyalty.member set registered_on = '{member.registered_on}', closed_on = "
                + (f"'{member.closed_on}'" if member.closed_on else "null")
                + f" where member_id = {member_id}")

    # ------------------------------------------------------------ events

    def happen(self, day, stories_max):
        """The events that are told on the day."""
        self.instants.day = day
        ids = sorted(self.members) or [1]
        for _ in range(self.random.randint(0, stories_max)):
            member_id = self.random.choice(ids)
            if self.random.random() < 0.05:
                member_id = self._stranger(ids, day)
            if self.random.random() < 0.12:
                self._refund_of_an_older_order()
            self.stories.tell(member_id)
        self.tell_new(day)
        return self.expected.pop(day, [])

    def _stranger(self, ids, day):
        """Somebody whose registration is still to come, or nobody at all."""
        coming = [member.member_id for told, row in self.arrivals.items() for member in row
                  if told < day + 8 * DAY]
        return self.random.choice(coming or [max(ids) + 1, min(ids) - 1, 2**63 - 1])

    def _refund_of_an_older_order(self):
        bought = [event for event in self.random.sample(
            self.stories.events, min(30, len(self.stories.events)))
            if event.kind == 1 and event.order_id is not None and event.item_cents is not None]
        if bought:
            first = bought[0]
            self.stories.take(first.member_id, first.order_id, bought[:1])

    def tell_new(self, day):
        """Sorts what the stories have made by the day on which it is told."""
        for event in self.stories.events[self.seen:]:
            local = event.occurred_at.astimezone(self.instants.zone).date()
            if not self.instants.begin <= event.occurred_at < self.instants.end:
                continue                    # there is no partition for it
            if self.random.random() < 0.03:
                self._number_twice(event)
            # A clock that is fast tells today what happens tomorrow.
            told = day if self.random.random() < 0.05 else max(local, day)
            self.expected[told + self._delay(0.15)].append(event)
        self.seen = len(self.stories.events)

    def _number_twice(self, event):
        """The number of another event; only with the time together it is the key."""
        other = self.random.choice(self.stories.events)
        if all(event.occurred_at != one.occurred_at for one in self.stories.events
               if one.event_id == other.event_id):
            event.event_id = other.event_id
