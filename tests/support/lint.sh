#!/bin/bash
#
# cppcheck and clang-tidy over job/: each finding is a failure. What is left out stands with its
# reason in tests/support/cppcheck.txt, in .clang-tidy, or beside the line (NOLINT).
#
#   tests/support/lint.sh [FILE...]      needs build-clang/compile_commands.json; default: all
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

work="$(mktemp -d)" || exit 1
trap 'rm -rf "$work"' EXIT
if [[ $# -gt 0 ]]; then
    files=("$@")
else
    mapfile -t files < <(find job -name '*.c' | sort)
fi

cppcheck --quiet --std=c11 --library=posix --inline-suppr -j "$(nproc)" -Ijob -D_GNU_SOURCE \
    --enable=warning,performance,portability,style --suppressions-list=tests/support/cppcheck.txt \
    --template='{file}:{line}: {id}: {message}' -DTIERCLOSE_VERSION='""' \
    -DTIERCLOSE_DEFAULT_CONFIG='""' -DTIERCLOSE_DATA_FOLDER='""' "${files[@]}" 2>&1 | sort -u | tee "$work/cppcheck"

# A file each, so that both processors have something to do until the end.
printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build-clang --quiet --warnings-as-errors='*' \
        2>/dev/null >"$work/clang-tidy"
tidy_status=$?
# The same finding in a header is reported by each file that includes it.
grep -E '^[^ ].*(warning|error): ' "$work/clang-tidy" | sed 's|^.*/\.\./||' | sort -u |
    tee "$work/findings"

found="$(cat "$work/cppcheck" "$work/findings" | wc -l)"
if [[ "$tidy_status" -ne 0 && "$found" -eq 0 ]]; then
    echo "clang-tidy failed with exit status $tidy_status" >&2
    found=1
fi
echo "lint: $((2 * ${#files[@]} - found)) passed, $found failed"
[[ "$found" -eq 0 ]]
