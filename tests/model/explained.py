"""What explain says of every member of a seed, against what the model holds as published."""

import json


def explain(scenario, member_id, period, today):
    return json.loads(scenario.tierclose("explain", today, "--member", str(member_id), "--period",
                                         period, "--format", "json"))


def sums(told):
    """Contract 9: the lines add up to the months, the months to the points."""
    months = {month["month"]: 0 for month in told["months"]}
    for line in told["lines"]:
        months[line["day"][:7]] += line["points"]
    if months != {month["month"]: month["points"] for month in told["months"]}:
        yield f"months {told['months']}, their lines {months}"
    if sum(months.values()) != told["points"]:
        yield f"{told['points']} points, the months' sum is {sum(months.values())}"


def against_published(told, standing):
    """The published standing is told as it is; where the events give another one now, the events
    that came since must be what makes the difference: nothing else changes in a seed."""
    published = told["published"]
    wanted = None if standing is None else (standing.points, standing.level)
    if wanted != (None if published is None else (published["points"], published["level"])):
        yield f"published is {wanted}, told as {published}"
    now = (told["points"], told["level"]) if told["standing"] else None
    if told["differs"] != (now != wanted):
        yield f"published is {wanted}, computed {now}, but differs is {told['differs']}"
    since = told["since"]
    if now != wanted and not (since["late_events"] and since["late_events_explain"]):
        yield f"published is {wanted}, computed {now}, and late events do not explain it: {since}"
    last = told["publications"][-1]
    if (last["points"], last["level"]) != (wanted or (None, None)):
        yield f"published is {wanted}, the last publication told is {last}"
    expiring = told["expiring_points"] if standing is None else standing.expiring_points
    if now == wanted and expiring != told["expiring_points"]:
        yield f"{expiring} points expire, told {told['expiring_points']}"


def differences_of(scenario, today):
    """Lines of text for all members and closed periods; empty where explain tells the truth."""
    lines = []
    for period, result in scenario.book.periods.items():
        for member_id in scenario.case.members:
            told = explain(scenario, member_id, period, today)
            lines += [f"explain {member_id} {period}: {line}" for line in
                      (*sums(told), *against_published(told, result.standings.get(member_id)))]
    return lines
