"""Programmes of the tests: a shipped file with some values changed.

All scalars stay the texts that stand in the file (2.00 does not become 2.0), so the job reads what
a person would have written.
"""

import copy

import yaml
from yaml.emitter import Emitter
from yaml.representer import SafeRepresenter
from yaml.resolver import BaseResolver
from yaml.serializer import Serializer


class PlainDumper(Emitter, Serializer, SafeRepresenter, BaseResolver):
    """Writes texts without quotes, also where they look like numbers or dates."""

    def __init__(self, stream, **options):
        Emitter.__init__(self, stream, width=1000)
        Serializer.__init__(self)
        SafeRepresenter.__init__(self, sort_keys=False)
        BaseResolver.__init__(self)

    def ignore_aliases(self, data):
        return True


def read(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def change(programme, changes):
    """Sets values by their path, for example {"rules.0.coupons.repeat": "once_per_level"}."""
    for path, value in changes.items():
        place = programme
        *parents, last = [int(word) if word.isdigit() else word for word in path.split(".")]
        for word in parents:
            place = place[word]
        place[last] = value


def add_rules(programme, first_month, changes):
    """A copy of the newest rules, in force from a month on, with values changed."""
    rules = copy.deepcopy(programme["rules"][-1])
    rules["from"] = first_month
    change(rules, changes)
    programme["rules"].append(rules)


def write(programme, path):
    dumper_stream = path.open("w", encoding="utf-8")
    with dumper_stream:
        yaml.dump(programme, dumper_stream, Dumper=PlainDumper)
