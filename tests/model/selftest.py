#!/usr/bin/python3
"""Hand-computed examples that the model itself must give before anyone trusts it."""

import datetime
import unittest
from collections import Counter
from zoneinfo import ZoneInfo

import model
import programme
from book import Book
from earning import KINDS, Event, Member

PROGRAMME = """
program: selftest
timezone: {zone}
currency: USD
window_months: 12
effective_day: 8
rules:
  - from: 1990-01
    levels:
      - {{name: Silver,   min_points: 0}}
      - {{name: Gold,     min_points: 101}}
      - {{name: Platinum, min_points: 501}}
      - {{name: Diamond,  min_points: 1501}}
    earning:
      purchase:
        points_per_unit: 1
        min_amount: 2.00
        max_per_order: 500
        category_bonus: {{points: 1, max_per_day: 5}}
      review:     {{points: 1, min_amount: 2.00}}
      visit:      {{points: 1, once_per: day}}
      club_post:  {{points: 2}}
      bonus:      {{points: recorded}}
      adjustment: {{points: recorded}}
    caps:
      - {{kinds: [visit], per: month, max_points: 10}}
      - {{kinds: [club_post], per: day, max_points: 5}}
      - {{kinds: [club_post, review], per: month, max_points: 9}}
    refund: {{voids: {refund}}}
    fraud:  {{voids: {fraud}}}
    campaigns:
      - {{name: "11.11", from: 2025-11-11, until: 2025-11-12, kinds: [purchase], multiply: 2}}
      - {{name: small, from: 2025-11-11, until: 2025-11-13, kinds: [purchase, bonus],
         multiply: 1.50}}
    coupons:
      issue_from_day: 8
      issue_until_day: 14
      valid_days: 7
      skipped_levels: {skipped}
      repeat: {repeat}
      level_up:
        Gold:     [{{code: LEVEL-GOLD,     value: 3.00,  min_spend: 20.00}}]
        Platinum: [{{code: LEVEL-PLATINUM, value: 6.00,  min_spend: 40.00}}]
        Diamond:  [{{code: LEVEL-DIAMOND,  value: 15.00, min_spend: 80.00}}]
"""


def rules(**changed):
    settings = {"zone": "America/Los_Angeles", "refund": "amount", "fraud": "order",
                "skipped": "target_only", "repeat": "every_advance"}
    settings.update(changed)
    return programme.load(PROGRAMME.format(**settings))


class Case(unittest.TestCase):
    """One member, 7, whose events are written in local time."""

    def setUp(self):
        self.rules = rules()
        self.members = {7: Member(7, datetime.date(2000, 1, 1))}
        self.events = []

    def at(self, local, kind, fold=0, **fields):
        number = {name: number for number, name in KINDS.items()}.get(kind, kind)
        when = datetime.datetime.fromisoformat(local).replace(tzinfo=self.rules.zone, fold=fold)
        event = Event(len(self.events) + 1, 7, number, when.astimezone(datetime.timezone.utc),
                      **fields)
        self.events.append(event)
        return event

    def buy(self, local, order_id, item_cents, **fields):
        return self.at(local, "purchase", order_id=order_id, item_cents=item_cents, **fields)

    def close(self, period, before=None):
        return model.close(self.rules, KINDS, self.members, self.events, period, before)

    def expect(self, period, points, fates=None):
        result = self.close(period)
        self.assertEqual(result.standings[7].points, points)
        if fates is not None:
            self.assertEqual(result.fates, Counter(fates))
        return result


class SeedArticles(Case):

    def test_platinum_in_december_gold_in_january(self):
        self.at("2024-01-15T12:00", "bonus", points=400)
        self.at("2024-06-10T12:00", "bonus", points=200)
        book = Book(self.rules, KINDS)
        book.close(self.members, self.events, "2024-12", datetime.date(2024, 12, 31))
        book.close(self.members, self.events, "2025-01", datetime.date(2025, 1, 31))
        self.assertEqual(book.periods["2024-12"].standings[7].level, "Platinum")
        self.assertEqual(book.periods["2024-12"].standings[7].expiring_points, 400)
        january = book.periods["2025-01"].standings[7]
        self.assertEqual((january.points, january.level), (200, "Gold"))
        change = book.periods["2025-01"].changes[7]
        self.assertEqual((change.from_level, change.direction), ("Platinum", "down"))
        self.assertEqual(book.effective_on("2025-01"), datetime.date(2025, 2, 8))

    def test_coupon_dates_of_december(self):
        self.assertEqual(model.grant_dates(self.rules.rules[0], "2025-12"),
                         (datetime.date(2026, 1, 8), datetime.date(2026, 1, 14),
                          datetime.date(2026, 1, 21)))

    def test_thresholds(self):
        for points, level, missing in ((0, "Silver", 101), (100, "Silver", 1), (101, "Gold", 400),
                                       (500, "Gold", 1), (501, "Platinum", 1000),
                                       (1500, "Platinum", 1), (1501, "Diamond", None)):
            self.events = []
            self.at("2025-03-05T12:00", "bonus", points=points)
            standing = self.close("2025-03").standings[7]
            self.assertEqual((standing.level, standing.points_to_next), (level, missing))

    def test_nothing_is_silver(self):
        self.expect("2025-03", 0, {})
        self.assertEqual(self.close("2025-03").changes, {})

    def test_order_cap_shipping_and_discount(self):
        self.buy("2025-03-05T12:00", 1, 60000)
        self.buy("2025-03-05T12:00", 2, 5000, discount_cents=1001, shipping_cents=99900)
        self.expect("2025-03", 500 + 39)

    def test_order_of_199_earns_nothing(self):
        self.buy("2025-03-05T12:00", 1, 199)
        self.buy("2025-03-05T12:00", 2, 200)
        self.expect("2025-03", 2, {"ineligible": 1, "earning": 1})

    def test_refunds(self):
        self.buy("2025-03-05T12:00", 1, 10000)
        self.buy("2025-03-05T12:00", 2, 10000)
        self.at("2025-03-09T12:00", "refund", order_id=1)
        self.at("2025-03-09T12:00", "refund", order_id=2, item_cents=2001)
        self.expect("2025-03", 79, {"ineligible": 1, "earning": 1, "refunds": 2})

    def test_visits(self):
        for day in range(1, 13):
            self.at(f"2025-03-{day:02d}T09:00", "visit")
        self.at("2025-03-01T10:00", "visit")
        self.expect("2025-03", 10, {"earning": 10, "capped": 2, "ineligible": 1})

    def test_categories(self):
        self.buy("2025-03-05T12:00", 1, 200, category_ids=[1, 2, 3, None])
        self.buy("2025-03-05T13:00", 2, 200, category_ids=[3, 4, 5, 6, 7])
        self.buy("2025-03-06T12:00", 3, 200, category_ids=[1, None, 1])
        self.buy("2025-03-07T12:00", 4, 100, category_ids=[1, 2])
        self.expect("2025-03", 2 + 2 + 5 + 2)

    def test_coins_never_count(self):
        self.at("2025-03-05T12:00", 100, points=50)
        result = self.expect("2025-03", 0, {"unknown_kind": 1})
        self.assertEqual(result.anomalies, Counter({("unknown_kind", 7, 1): 1}))
        self.assertEqual(self.close("2025-04").anomalies, Counter())


class Orders(Case):

    def test_microseconds_at_the_end_of_the_month(self):
        self.at("2025-03-31T23:59:59.999999", "bonus", points=1)
        self.at("2025-04-01T00:00:00", "bonus", points=10)
        self.expect("2025-03", 1)
        self.expect("2025-04", 11)
        self.expect("2026-03", 10)

    def test_split_shipments_are_one_credit_in_a_month(self):
        self.buy("2025-03-31T20:00", 1, 150)
        self.buy("2025-03-30T20:00", 1, 150)
        self.buy("2025-04-01T00:00", 1, 150)
        self.expect("2025-04", 3, {"earning": 2, "ineligible": 1})

    def test_refund_takes_the_latest_credit_first_and_not_later_ones(self):
        self.buy("2025-02-05T12:00", 1, 10000)
        self.buy("2025-03-05T12:00", 1, 10000)
        self.buy("2025-04-05T12:00", 1, 10000)
        self.at("2025-03-01T00:00", "refund", order_id=1, item_cents=15000)
        result = self.close("2025-04")
        self.assertEqual([result.months[7][month] for month in ("2025-02", "2025-03", "2025-04")],
                         [50, 0, 100])

    def test_refund_of_too_much_takes_all_and_is_an_anomaly(self):
        self.buy("2025-03-05T12:00", 1, 10000)
        self.at("2025-03-06T12:00", "refund", order_id=1, item_cents=10001)
        self.expect("2025-03", 0, {"ineligible": 1, "unmatched_refund": 1})

    def test_refund_after_the_period_waits(self):
        self.buy("2025-12-05T12:00", 1, 10000)
        self.at("2026-01-05T12:00", "refund", order_id=1)
        self.expect("2025-12", 100)
        self.expect("2026-01", 0)

    def test_refund_voids_order(self):
        self.rules = rules(refund="order")
        self.buy("2025-03-05T12:00", 1, 10000)
        self.at("2025-03-06T12:00", "refund", order_id=1, item_cents=1)
        self.expect("2025-03", 0, {"ineligible": 1, "refunds": 1})

    def test_fraud_of_the_order_and_of_the_member(self):
        self.buy("2025-03-05T12:00", 1, 10000)
        self.buy("2025-03-05T12:00", 2, 10000)
        self.at("2025-03-07T12:00", "visit")
        self.at("2025-03-07T12:00", "fraud", order_id=1)
        self.at("2025-03-07T18:00", "visit")
        self.buy("2025-03-08T12:00", 3, 10000)
        self.expect("2025-03", 201, {"ineligible": 2, "refunds": 1, "earning": 3})
        self.rules = rules(fraud="member")
        self.expect("2025-03", 101, {"ineligible": 3, "refunds": 1, "earning": 2})

    def test_fraud_without_order_still_voids_the_member(self):
        self.rules = rules(fraud="member")
        self.buy("2025-03-05T12:00", 1, 10000)
        self.at("2025-03-07T12:00", "fraud")
        self.at("2025-03-08T12:00", "refund", order_id=1)
        self.expect("2025-03", 0, {"ineligible": 1, "missing_order_id": 1, "unmatched_refund": 1})


class KindsAndCaps(Case):

    def test_largest_campaign(self):
        self.buy("2025-11-11T00:00", 1, 1055)
        self.buy("2025-11-12T00:00", 2, 1100)
        self.buy("2025-11-13T00:00", 3, 1100)
        self.at("2025-11-12T12:00", "bonus", points=-3)
        self.expect("2025-11", 20 + 16 + 11 - 5)

    def test_caps_in_caps(self):
        for hour in range(10, 14):
            self.at(f"2025-03-05T{hour}:00", "club_post")      # 8, the day's cap leaves 2 2 1 0
        for hour in range(10, 16):
            self.at(f"2025-03-06T{hour}:00", "review", item_cents=200)
        result = self.expect("2025-03", 9, {"earning": 7, "capped": 3})
        self.assertEqual([line.points for line in result.lines[7]],
                         [2, 2, 1, 0] + [1] * 4 + [0] * 2)

    def test_both_daylight_saving_days(self):
        # 2025-11-02: 01:30 comes twice; still one day, and one visit.
        self.at("2025-11-02T01:30", "visit")
        self.at("2025-11-02T01:30", "visit", fold=1)
        self.at("2025-03-09T01:59:59.999999", "visit")
        self.at("2025-03-09T03:00", "visit")
        self.expect("2025-11", 2, {"earning": 2, "ineligible": 2})

    def test_clock_that_goes_back_over_a_month_end(self):
        # St John's, 1 November 2009, 00:01: back to 23:01 of 31 October.
        self.rules = rules(zone="America/St_Johns")
        zone = ZoneInfo("America/St_Johns")
        first = self.at("2009-11-01T00:00:30", "bonus", points=1)
        second = self.at("2009-10-31T23:30", "bonus", fold=1, points=10)
        self.assertLess(first.occurred_at, second.occurred_at)
        self.assertEqual(first.occurred_at.astimezone(zone).day, 1)
        self.expect("2009-10", 10)

    def test_anomalies(self):
        self.at("2025-03-01T12:00", "purchase", item_cents=1)
        self.at("2025-03-01T12:00", "purchase", order_id=1, discount_cents=-1)
        self.at("2025-03-01T12:00", "purchase", order_id=1, item_cents=1, discount_cents=-1)
        self.at("2025-03-01T12:00", "refund", order_id=1, item_cents=-1)
        self.at("2025-03-01T12:00", "bonus")
        self.at("2025-03-01T12:00", None)
        self.at("2025-03-01T12:00", "fraud", order_id=9, item_cents=-5)
        self.events.append(Event(99, 8, None, self.events[0].occurred_at))
        self.expect("2025-03", 0, {
            "missing_order_id": 1, "missing_amount": 1, "negative_amount": 2, "missing_points": 1,
            "unknown_kind": 1, "unmatched_refund": 1, "unknown_member": 1})

    def test_closed_members(self):
        self.members[7].closed_on = datetime.date(2025, 3, 31)
        self.buy("2025-03-05T12:00", 1, 10000)
        self.at("2025-03-05T12:00", "refund", order_id=1, item_cents=100)
        result = self.close("2025-03")
        self.assertEqual(result.standings, {})
        self.assertEqual(result.fates, Counter({"ineligible": 1, "refunds": 1}))
        self.assertIn(7, self.close("2025-02").standings)


class Coupons(Case):

    def grants(self, points, before, codes=None):
        self.at("2025-03-05T12:00", "bonus", points=points)
        result = model.close(self.rules, KINDS, self.members, self.events, "2025-03",
                             {7: before} if before else {}, codes)
        return result.changes[7].direction, {code for _, _, code in result.grants}

    def test_target_only_each_and_once(self):
        self.assertEqual(self.grants(501, None), ("up", {"LEVEL-PLATINUM"}))
        self.events = []
        self.rules = rules(skipped="each", repeat="once_per_level")
        self.assertEqual(self.grants(1501, "Silver", {7: {"LEVEL-GOLD"}}),
                         ("up", {"LEVEL-PLATINUM", "LEVEL-DIAMOND"}))

    def test_program_change_grants_nothing(self):
        self.assertEqual(self.grants(501, "Bronze"), ("program", set()))

    def test_restate_revokes_keeps_and_carries_forward(self):
        self.at("2025-03-05T12:00", "bonus", points=101)
        self.at("2025-04-05T12:00", "bonus", points=0)
        late = self.events + [Event(50, 7, 9, self.events[0].occurred_at, points=-1)]
        for today, status in ((datetime.date(2025, 5, 1), "granted"),
                              (datetime.date(2025, 4, 7), "revoked")):
            book = Book(self.rules, KINDS)
            book.close(self.members, self.events, "2025-03", datetime.date(2025, 3, 31))
            if status == "granted":
                book.close(self.members, self.events, "2025-04", datetime.date(2025, 4, 30))
            book.restate(self.members, late, "2025-03", today)
            self.assertEqual(book.periods["2025-03"].standings[7].level, "Silver")
            key = ("2025-03", 7, "Gold", "LEVEL-GOLD")
            self.assertEqual(key in book.grants, status == "granted")
            self.assertEqual(book.revoked, [] if status == "granted" else [key])
            if status == "granted":
                april = book.periods["2025-04"]
                self.assertEqual(april.standings[7].points, 101)
                self.assertEqual(april.changes[7].from_level, "Silver")
                self.assertIn(("2025-04", 7, "Gold", "LEVEL-GOLD"), book.grants)


if __name__ == "__main__":
    unittest.main(verbosity=1)
