"""A programme file that a loyalty manager edits in the course of the years."""

import re

import programme
from instants import ZONES
from programme import month_add
from random_programme import random_entry

ENTRY = re.compile(r"(?m)^  - from: *(\d{4}-\d{2})")

# Numbers that may be another without the file becoming wrong.
NUMBERS = [r"(?<=points_per_unit: )[0-9.]+", r"(?<=per: month, max_points: )\d+",
           r"(?<=max_per_order: )\d+", r"(?<=min_amount: )[0-9.]+", r"(?<=multiply: )[0-9.]+",
           r"(?<=valid_days: )\d+"]
WORDS = [("skipped_levels: target_only", "skipped_levels: each"),
         ("repeat: every_advance", "repeat: once_per_level"),
         ("refund: {voids: amount}", "refund: {voids: order}"),
         ("fraud: {voids: order}", "fraud: {voids: member}")]


class ProgrammeText:
    """The text in parts: what stands before the rules, and each entry by its first month."""

    def __init__(self, text):
        begins = [match.start() for match in ENTRY.finditer(text)]
        self.head = text[:begins[0]]
        self.entries = {}
        for begin, end in zip(begins, begins[1:] + [len(text)]):
            self.entries[ENTRY.match(text, begin).group(1)] = text[begin:end]

    def text(self):
        return self.head + "".join(self.entries[begin] for begin in sorted(self.entries))

    def programme(self):
        return programme.load(self.text())

    # ------------------------------------------------------------ changes; each says what it did

    def new_entry(self, random, month):
        """Rules for a later month; those that begin there already are replaced."""
        begin = month_add(month, random.choice([1, 1, 2, 4]))
        self._write_entry(random, begin)
        return f"an entry from {begin}"

    def edit_entry(self, random, month):
        """The newest entry as another, if it begins in this month or later."""
        begin = max(self.entries)
        if begin < month:
            return self.new_number(random)
        self._write_entry(random, begin)
        return f"the entry from {begin} as another"

    def _write_entry(self, random, begin):
        earlier = programme.load(self.text()).rules_for(month_add(begin, -1))
        months = [month_add(begin, index) for index in range(6)]
        lines, _ = random_entry(random, begin, months, earlier.levels if earlier else None)
        self.entries[begin] = "\n".join(lines) + "\n"

    def new_number(self, random):
        """One number of any entry, so also of rules that closed months were computed with."""
        begin = random.choice(sorted(self.entries))
        found = [match for pattern in NUMBERS
                 for match in re.finditer(pattern, self.entries[begin])]
        if not found:
            return self.new_comment(random)
        match = random.choice(found)
        number = re.sub(r"\d+", lambda digits: str(int(digits[0]) + 1), match[0], count=1)
        self._replace(begin, match.start(), match.end(), number)
        return f"{match[0]} as {number} in the entry from {begin}"

    def new_word(self, random):
        begin = random.choice(sorted(self.entries))
        one, other = random.choice(WORDS)
        if other in self.entries[begin]:
            one, other = other, one
        self.entries[begin] = self.entries[begin].replace(one, other)
        return f"{one} as {other} in the entry from {begin}"

    def higher_level(self, random):
        """The highest level farther away."""
        begin = random.choice(sorted(self.entries))
        match = list(re.finditer(r"(?<=min_points: )\d+", self.entries[begin]))[-1]
        points = str(int(match[0]) + random.choice([1, 30]))
        self._replace(begin, match.start(), match.end(), points)
        return f"the highest level from {match[0]} to {points} points in the entry from {begin}"

    def new_window(self, random):
        months = random.choice([1, 3, 6, 11, 12, 12])
        self.head = re.sub(r"(?m)^window_months: \d+", f"window_months: {months}", self.head)
        return f"a window of {months} months"

    def new_zone(self, random):
        zone = random.choice(sorted(ZONES))
        self.head = re.sub(r"(?m)^timezone:[^#\n]*", f"timezone: {zone} ", self.head)
        return f"the time zone {zone}"

    def new_comment(self, random):
        self.head = f"# {random.randrange(10**6)}\n{self.head}"
        return "a comment"

    def _replace(self, begin, start, end, text):
        entry = self.entries[begin]
        self.entries[begin] = entry[:start] + text + entry[end:]

    def change(self, random, month):
        """Some change. month: that of the newest closed period that is not final, else of today."""
        chosen = random.choices(
            ["entry", "edit", "number", "word", "level", "window", "zone", "comment"],
            [8, 8, 6, 4, 4, 2, 1, 2])[0]
        if chosen == "entry":
            return self.new_entry(random, month)
        if chosen == "edit":
            return self.edit_entry(random, month)
        return {"number": self.new_number, "word": self.new_word, "level": self.higher_level,
                "window": self.new_window, "zone": self.new_zone,
                "comment": self.new_comment}[chosen](random)
