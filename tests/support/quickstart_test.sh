#!/bin/bash
#
# job/quickstart as a stranger uses it: start, start again, every command that it names under
# "What next", stop, reset; and what the examples of the sample must have come to.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=job/support/postgres.sh
source job/support/postgres.sh

passed=0
failed=0

check() {
    local what="$1"
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $what"
    fi
}

equal() {
    [[ "$1" == "$2" ]] || { printf 'expected:\n%s\nfound:\n%s\n' "$2" "$1"; return 1; }
}

contains() {
    grep -qF -- "$2" "$1" || { echo "not in $1: $2"; return 1; }
}

ask() {
    postgres_psql --dbname=tierclose --field-separator=' ' --command="$1"
}

# Member, points and level in the last close, but for member 23, who is gone.
EXAMPLES_IN_2025_12='1 0 Silver
2 501 Platinum
3 100 Silver
4 101 Gold
5 500 Gold
6 501 Platinum
7 1500 Platinum
8 1501 Diamond
9 0 Silver
10 500 Gold
11 100 Silver
12 0 Silver
13 0 Silver
14 100 Silver
15 10 Silver
16 1 Silver
17 55 Silver
18 0 Silver
19 101 Gold
20 0 Silver
21 40 Silver
22 120 Gold
24 25 Silver
25 0 Silver
26 0 Silver'

# The examples that earlier closes show.
EXAMPLES_BEFORE='2024-12 1 600 Platinum
2025-01 1 200 Gold
2025-09 23 300 Gold
2025-11 20 180 Gold
2025-11 25 120 Gold'

REASONS='missing_amount
missing_order_id
missing_points
negative_amount
unknown_kind
unknown_member
unmatched_refund'

check_figures() {
    check "the examples in 2025-12" equal "$(ask "
        select member_id, points, level from tierclose.standings
        where period = '2025-12' and member_id < 1001 order by member_id")" "$EXAMPLES_IN_2025_12"
    check "the examples before" equal "$(ask "
        select period, member_id, points, level from tierclose.standings
        where (period, member_id) in (('2024-12', 1), ('2025-01', 1), ('2025-09', 23),
            ('2025-10', 23), ('2025-11', 20), ('2025-11', 25))
        order by period, member_id")" "$EXAMPLES_BEFORE"
    check "every reason for an anomaly" equal "$(ask "
        select distinct reason from tierclose.anomalies where period = '2025-12'
        order by reason")" "$REASONS"
    check "member 2's coupon" equal "$(ask "
        select coupon, issue_from, issue_until, expires_on from tierclose.coupon_grants
        where member_id = 2 and period = '2025-12'")" \
        "LEVEL-PLATINUM 2026-01-08 2026-01-14 2026-01-21"
}

# The commands are the lines that stand four spaces in.
run_what_next() {
    {
        echo "set -euo pipefail; PS4='\$ '; set -x"
        sed -n '/^What next/,$s/^    //p' "$scratch/first.txt"
    } >"$scratch/commands.sh"
    if ! grep -q 'quickstart.* stop$' "$scratch/commands.sh" ||
        ! (cd / && bash "$scratch/commands.sh") >"$scratch/next.txt" 2>&1; then
        tail -20 "$scratch/commands.sh" "$scratch/next.txt"
        return 1
    fi
}

scratch="$(mktemp -d /tmp/tierclose-quickstart-test.XXXXXX)"
chmod 755 "$scratch"
folder="$scratch/place"
closed="$scratch/closed/place"

clean_up() {
    job/quickstart --folder "$folder" reset >/dev/null 2>&1
    job/quickstart --folder "$closed" reset >/dev/null 2>&1
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 143' TERM INT HUP

postgres_forget_environment
if job/quickstart --folder "$folder" >"$scratch/first.txt" 2>"$scratch/first.err"; then
    check "the first start" true
    check "it explains the article's member" contains "$scratch/first.txt" "explain --member 1"
    postgres_use "$folder"
    check_figures
    events="$(ask 'select count(*) from loyalty.point_event')"
    runs="$(ask 'select count(*) from tierclose.runs')"

    check "the second start" job/quickstart --folder "$folder" >"$scratch/second.txt"
    check "it finds the server" contains "$scratch/second.txt" "runs already"
    check "it loads nothing" equal "$(ask 'select count(*) from loyalty.point_event')" "$events"
    check "it closes nothing" equal "$(ask 'select count(*) from tierclose.runs')" "$runs"

    check "what it names next, and stop" run_what_next
    check "it settled the late review" contains "$scratch/next.txt" "Gold"
    check "stopped" test ! -e "$folder/.s.PGSQL.5432"
    check "data kept" test -e "$folder/data/PG_VERSION"
    check "started from what is there" \
        job/quickstart --folder "$folder" >"$scratch/third.txt"
    check "data there" contains "$scratch/third.txt" "loaded before"
    check "member 3 is Gold by the late review" equal "$(ask "
        select points, level from tierclose.standings
        where period = '2025-12' and member_id = 3")" "101 Gold"
    check "reset" job/quickstart --folder "$folder" reset
    check "nothing left" test ! -e "$folder"
else
    check "the first start" false
    tail -30 "$scratch/first.txt" "$scratch/first.err"
fi

# A folder that the server's user cannot reach, or that is too deep for a socket.
mkdir -m 700 "$scratch/closed"
[[ "$(id -u)" -eq 0 ]] || closed+="/$(printf 'deep%.0s' {1..30})"
check "a folder that cannot be used" job/quickstart --folder "$closed" >"$scratch/closed.txt"
check "it says where instead" contains "$scratch/closed.txt" "/var/tmp/tierclose-quickstart-"
check "reset there" job/quickstart --folder "$closed" reset >"$scratch/reset.txt"
check "it says what it removed" contains "$scratch/reset.txt" "removed /var/tmp/"

check "wrong usage" equal "$(job/quickstart --nonsense >/dev/null 2>&1; echo $?)" 64

echo "quickstart: $passed passed, $failed failed"
[[ "$failed" -eq 0 ]]
