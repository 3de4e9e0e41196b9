#!/bin/bash
#
# README.md as a stranger uses it: every command is run, every output compared; see readme.py.
#
#   tests/docs/run.sh           the README against build/job/tierclose, or against $TIERCLOSE_JOB
#
# The part about one's own database gets a server of its own, also where tests/run has started one,
# because a password is asked there. The first part gets a quickstart of its own.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

unset TIERCLOSE_TEST_CLUSTER TIERCLOSE_CONFIG
# shellcheck source=tests/support/cluster.sh
source tests/support/cluster.sh
postgres_forget_environment
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

scratch="$(mktemp -d /tmp/tierclose-docs.XXXXXX)"
chmod 755 "$scratch"

clean_up() {
    job/quickstart --folder "$scratch/place" reset >/dev/null 2>&1
    cluster_stop
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What the README takes for granted: a database, the user who owns it, and a shop's own tables.
make_database() {
    postgres_psql -d postgres -c "create role owner login createrole" \
        -c "create database loyalty owner owner" &&
        postgres_psql -d loyalty -U owner -f - <<'SQL'
create schema shop;
create table shop.customer (id bigint primary key, signed_up date not null, left_on date);
create table shop.purchase (
    id bigint primary key, customer_id bigint not null, received_at timestamptz not null,
    price numeric(10, 2) not null, inserted_at timestamptz not null default now());
insert into shop.customer values (1, '2025-06-01', null), (2, '2025-06-01', '2025-12-24');
insert into shop.purchase (id, customer_id, received_at, price) values
    (1, 1, '2025-12-05 12:00-08', 119.50), (2, 2, '2025-12-06 12:00-08', 20.00);
SQL
}

# From here on the user of the nightly job is asked for a password.
ask_for_passwords() {
    sed -i '1i local all nightly scram-sha-256' "$CLUSTER_FOLDER/data/pg_hba.conf" &&
        postgres_psql -d postgres -c "select pg_reload_conf()" >/dev/null
}

if cluster_start && make_database && ask_for_passwords; then
    tests/docs/readme.py --scratch "$scratch" --server "$CLUSTER_FOLDER" \
        --job "$(realpath "${TIERCLOSE_JOB:-build/job/tierclose}")"
else
    echo "docs: 0 passed, 1 failed"
    exit 1
fi
