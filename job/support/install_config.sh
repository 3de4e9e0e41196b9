#!/bin/sh
#
# Run by `meson install`: puts a programme file where there is none yet.
#
#   install_config.sh FOLDER FILE      FILE becomes FOLDER/programme.yaml, below $DESTDIR
#
# What is there stays, whatever it holds: it decides who gets which level. The one that ships lies
# beside the other programmes in any case, to compare with.
set -eu
target="${DESTDIR:-}$1/programme.yaml"
if [ ! -e "$target" ] && [ ! -L "$target" ]; then
    install -D -m 644 "$2" "$target"
fi
