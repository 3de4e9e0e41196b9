#!/usr/bin/python3
"""Runs the cases of tests/access beside the server that run.sh has made for them."""

import sys

import setting

# pylint: disable=wrong-import-position
import cases
import hostile_names
import hostile_objects
import installed
import logins
import secrets_planted
import transport


def main():
    setting.make_templates()
    for module in (logins, hostile_objects, hostile_names, secrets_planted, transport, installed):
        module.register()
    try:
        return cases.run_all("access")
    finally:
        setting.drop_templates()


if __name__ == "__main__":
    sys.exit(main())
