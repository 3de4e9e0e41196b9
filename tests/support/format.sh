#!/bin/bash
#
# Lays out every C file as .clang-format says; with --check it only tells which are not.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

mapfile -t files < <(find job tests -name '*.[ch]' | sort)
if [[ "${1:-}" != --check ]]; then
    exec clang-format -i "${files[@]}"
fi

passed=0
failed=0
for file in "${files[@]}"; do
    if clang-format --dry-run --Werror "$file" 2>/dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$file is not laid out as .clang-format says: run tests/support/format.sh"
    fi
done
echo "format: $passed passed, $failed failed"
[[ "$failed" -eq 0 ]]
