#!/usr/bin/python3
"""What random members do: short stories that lean on the rules' boundaries."""

import datetime

from earning import Event
from instants import MICROSECOND

MONTH = datetime.timedelta(days=31)


class Stories:
    """Appends events; a story is a purchase and what follows, a busy day, or some nonsense."""

    def __init__(self, random, instants, amounts):
        self.random = random
        self.instants = instants
        self.amounts = amounts          # cents at which a rule changes its mind
        self.events = []
        self.order_pool = [random.randint(1, 60) for _ in range(25)] + [0, 2**62, -17]
        self.next_order = 1000

    def add(self, member_id, kind, occurred_at, **fields):
        event = Event(len(self.events) + 1, member_id, kind, occurred_at, **fields)
        self.events.append(event)
        return event

    def order_id(self):
        if self.random.random() < 0.25:
            return self.random.choice(self.order_pool)
        self.next_order += 1
        return self.next_order

    def cents(self):
        if self.random.random() < 0.45:
            return max(0, self.random.choice(self.amounts) + self.random.randint(-1, 1))
        return self.random.choice([self.random.randint(0, 1500), self.random.randint(0, 9000),
                                   self.random.randint(0, 90000)])

    def categories(self):
        if self.random.random() < 0.3:
            return self.random.choice([None, None, [], [None], [None, None, 3]])
        return [self.random.choice([None, 1, 2, 3, 4, 5, 6, 7, -1, 2**31 - 1])
                for _ in range(self.random.randint(1, 7))]

    def own_points(self):
        if self.random.random() < 0.004:
            return self.random.choice([2**31 - 1, -2**31, 10**9])
        return self.random.choice([None, 0, 1, 2, 3, -1, -1, -3, -4, 7, 20, 50, -30, 101])

    def purchase(self, member_id, occurred_at, order_id, categories=None):
        item = self.cents()
        discount = self.random.choice([None, None, 0, 1, 100, item, item + 1])
        if discount in (1, 100):
            item += discount
        return self.add(member_id, 1, occurred_at, order_id=order_id, item_cents=item,
                        discount_cents=discount,
                        shipping_cents=self.random.choice([None, 0, 499, -1, 100000]),
                        category_ids=categories or self.categories(),
                        points=self.random.choice([None, None, 99]))

    def order(self, member_id, around=None):
        """One order: shipments, then perhaps refunds and frauds at any time at all."""
        order_id = self.order_id()
        when = around or self.instants.any()
        shipments = [self.purchase(member_id, when, order_id)]
        while self.random.random() < 0.3:
            when = self.random.choice([
                when, when + MICROSECOND, self.instants.on_day_of(when),
                self.instants.in_month_of(when), when + MONTH, when - MONTH, self.instants.any()])
            shipments.append(self.purchase(member_id, when, order_id))
        while self.random.random() < 0.35:
            self.take(member_id, order_id, shipments)

    def take(self, member_id, order_id, shipments):
        bought = self.random.choice(shipments)
        when = self.random.choice([
            bought.occurred_at, bought.occurred_at - MICROSECOND, bought.occurred_at + MICROSECOND,
            self.instants.in_month_of(bought.occurred_at), bought.occurred_at + MONTH,
            bought.occurred_at + 2 * MONTH, bought.occurred_at - MONTH, self.instants.any()])
        net = max(0, bought.item_cents - (bought.discount_cents or 0))
        total = sum(max(0, event.item_cents - (event.discount_cents or 0)) for event in shipments)
        amount = self.random.choice([
            None, 0, 1, net, net + 1, net - 1, net - 200, net - 199, net - 201, total, total + 1,
            total - 1, net // 2, net // 2])
        kind = 3 if self.random.random() < 0.12 else 2
        if amount is not None and amount < 0 and self.random.random() < 0.8:
            amount = net
        self.add(member_id, kind, when, order_id=order_id, item_cents=amount)

    def busy_day(self, member_id):
        """Many small things and orders on about one local day."""
        day = self.instants.any()
        for _ in range(self.random.randint(3, 14)):
            when = self.instants.on_day_of(day)
            if self.random.random() < 0.25:
                self.order(member_id, when)
            else:
                self.small_thing(member_id, when, self.random.choice([5, 5, 7]))

    def small_thing(self, member_id, when=None, kind=None):
        self.add(member_id, kind or self.random.choice([4, 5, 5, 6, 7, 8, 9, 100, 101, 102]),
                 when or self.instants.any(),
                 item_cents=self.random.choice([None, 0, 1, 199, 200, 201, 499, 500, 5000, -1]),
                 points=self.own_points(),
                 order_id=self.random.choice([None, None, 5]))

    def same_kind(self, member_id):
        """A row of one kind in a month, for the month's caps."""
        month = self.instants.any()
        kind = self.random.choice([4, 5, 6, 7, 101, 102])
        for _ in range(self.random.randint(4, 16)):
            self.small_thing(member_id, self.instants.in_month_of(month), kind)

    def nonsense(self, member_id):
        """Missing and negative fields, unknown kinds, refunds of nothing."""
        fields = {"order_id": self.random.choice([None, self.order_id()]),
                  "item_cents": self.random.choice([None, -1, 0, 500, -10**9]),
                  "discount_cents": self.random.choice([None, -1, 5, 0]),
                  "points": self.random.choice([None, 5])}
        kind = self.random.choice([1, 1, 1, 2, 2, 3, 3, 8, 9, 4, 10, 99, 0, -1, 555])
        self.add(member_id, kind, self.instants.any(), **fields)

    def moment(self, member_id):
        """Several things in the same microsecond, now and then with a fraud among them."""
        when = self.instants.any()
        order_id = self.order_id()
        for _ in range(self.random.randint(1, 2)):
            self.purchase(member_id, when, self.random.choice([order_id, self.order_id()]))
        for _ in range(self.random.randint(0, 2)):
            self.small_thing(member_id, when)
        if self.random.random() < 0.2:
            self.add(member_id, 3, when, order_id=self.random.choice([order_id, None]))

    def twice(self, member_id):
        """The same order number under another member, and equal time stamps."""
        if self.events:
            other = self.random.choice(self.events)
            self.add(member_id, other.kind, other.occurred_at, order_id=other.order_id,
                     item_cents=other.item_cents, discount_cents=other.discount_cents,
                     category_ids=other.category_ids, points=other.points)

    def tell(self, member_id):
        story = self.random.choices(
            [self.order, self.busy_day, self.same_kind, self.small_thing, self.nonsense,
             self.twice, self.moment], [40, 5, 6, 20, 5, 4, 4])[0]
        story(member_id)
