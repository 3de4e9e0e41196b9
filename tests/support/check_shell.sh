#!/bin/bash
#
# Runs shellcheck on every shell script of the project, also on those whose name has no ending.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# The first line tells: a shell, or a library that names the shell it is for.
list_scripts() {
    find . -path ./.git -prune -o -path './build*' -prune -o -type f -print | sort |
        while read -r file; do
            if head -c 200 "$file" | head -1 |
                grep -qaE '^#!.*[/ ](ba|da)?sh\b|^# shellcheck shell='; then
                echo "$file"
            fi
        done
}

passed=0
failed=0
while read -r script; do
    if shellcheck --external-sources --source-path=SCRIPTDIR --source-path=. "$script"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done < <(list_scripts)
echo "shell: $passed passed, $failed failed"
[[ "$failed" -eq 0 && "$passed" -gt 0 ]]
