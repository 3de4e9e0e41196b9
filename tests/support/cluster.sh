#!/bin/bash
#
# A throwaway PostgreSQL for tests: unix socket only, in a folder of its own under /tmp, so any
# number of them live on one machine at once. It goes away with the shell that started it, also
# when that shell is killed with -9.
#
# As a command:
#   tests/support/cluster.sh run COMMAND...       runs COMMAND beside a new server
#   tests/support/cluster.sh new-database NAME    inside of that: a database with sql/ deployed
#
# In a bash script:
#   source tests/support/cluster.sh
#   cluster_start                      sets PGHOST, PGPORT, PGUSER, and traps unless EXIT has one
#   support_new_database NAME          takes a fraction of a second: a copy of a template
#   cluster_stop
#
# A file that CLUSTER_MORE_SETTINGS names is put at the end of postgresql.conf.
#
# Where TIERCLOSE_TEST_CLUSTER is set, a server is there already (tests/run starts one for all
# suites): cluster_start takes it, and cluster_stop leaves it alone.
# Call cluster_start in the script's main shell: the server ends with the shell that called it.

# shellcheck source=job/support/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../job/support/postgres.sh"

CLUSTER_TEMPLATE=tierclose_template
CLUSTER_FOLDER=""

# A run that was killed leaves its folder. Whoever is alive holds the lock on it.
cluster_remove_leftovers() {
    local folder
    while read -r folder; do
        if flock --nonblock "$folder/lock" true 2>/dev/null; then
            rm -rf "$folder"
        fi
    done < <(find /tmp -maxdepth 1 -type d -name 'tierclose-test.*' -mmin +10 \
        -user "$(postgres_server_user)" 2>/dev/null)
}

# Safe settings cost time, and nothing here is worth keeping. The time zone is one that no
# programme has, so whoever forgets to say which zone is meant gets a wrong answer.
cluster_settings() {
    postgres_private_settings "$CLUSTER_FOLDER"
    cat <<'SETTINGS'
fsync = off
full_page_writes = off
synchronous_commit = off
max_wal_size = 2GB
shared_buffers = 256MB
max_connections = 100
timezone = 'Asia/Kathmandu'
log_timezone = 'UTC'
SETTINGS
    cat "${CLUSTER_MORE_SETTINGS:-/dev/null}"
}

cluster_make_folder() {
    CLUSTER_FOLDER="$(mktemp -d /tmp/tierclose-test.XXXXXX)" || return 1
    if ! postgres_make_folder "$CLUSTER_FOLDER"; then
        echo "error: $(postgres_server_user) cannot use $CLUSTER_FOLDER" >&2
        return 1
    fi
    exec {CLUSTER_LOCK}>"$CLUSTER_FOLDER/lock"
    flock --nonblock "$CLUSTER_LOCK"
}

cluster_start_server() {
    local -a own_session=(setsid)
    # Ctrl-C ends the tests first and the server last. With job control the shell sees to that.
    [[ $- != *m* ]] || own_session=()
    cd / || return 1
    "${own_session[@]}" "${POSTGRES_AS_SERVER[@]:-env}" setpriv --pdeathsig INT \
        "$POSTGRES_BIN/postgres" -D "$CLUSTER_FOLDER/data" \
        </dev/null >"$CLUSTER_FOLDER/server.log" 2>&1 &
    CLUSTER_PID=$!
    cd "$OLDPWD" || return 1
}

cluster_start() {
    if [[ -n "${TIERCLOSE_TEST_CLUSTER:-}" ]]; then
        postgres_use "$TIERCLOSE_TEST_CLUSTER"
        return 0
    fi
    postgres_find_binaries || return
    cluster_remove_leftovers
    # A script with more to clean up than the server has set its own traps.
    if [[ -z "$(trap -p EXIT)" ]]; then
        trap cluster_stop EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM HUP
    fi
    cluster_make_folder || return
    if ! postgres_make_cluster "$CLUSTER_FOLDER/data" >"$CLUSTER_FOLDER/initdb.log" 2>&1; then
        cat "$CLUSTER_FOLDER/initdb.log" >&2
        return 1
    fi
    cluster_settings >>"$CLUSTER_FOLDER/data/postgresql.conf"
    cluster_start_server
    postgres_use "$CLUSTER_FOLDER"
    if ! postgres_wait_until_ready 30; then
        tail -20 "$CLUSTER_FOLDER/server.log" >&2
        return 1
    fi
    export TIERCLOSE_TEST_CLUSTER="$CLUSTER_FOLDER"
}

# Ends and removes the server that this shell started; any other it leaves alone.
cluster_stop() {
    if [[ -z "$CLUSTER_FOLDER" ]]; then
        return 0
    fi
    if [[ -n "${CLUSTER_PID:-}" ]]; then
        # Immediately: nothing of it is kept.
        kill -QUIT "$CLUSTER_PID" 2>/dev/null || true
        wait "$CLUSTER_PID" 2>/dev/null || true
    fi
    rm -rf "$CLUSTER_FOLDER"
    CLUSTER_FOLDER=""
    unset TIERCLOSE_TEST_CLUSTER
}

# Makes the template once; whoever comes second waits for it. Under its name it is complete.
cluster_make_template() {
    local unfinished="${CLUSTER_TEMPLATE}_unfinished"
    (
        flock 9
        if [[ -n "$(postgres_psql -d postgres -c "select 1 from pg_database
                     where datname = '$CLUSTER_TEMPLATE'")" ]]; then
            exit 0
        fi
        postgres_psql -d postgres -c 'set client_min_messages = warning' \
            -c "drop database if exists $unfinished" \
            -c "create database $unfinished" &&
            postgres_sqitch "$unfinished" deploy --verify >&2 9>&- &&
            postgres_psql -d postgres \
                -c "alter database $unfinished rename to $CLUSTER_TEMPLATE"
    ) 9>"$TIERCLOSE_TEST_CLUSTER/template.lock"
}

# Makes the database $1 with sql/ deployed and nothing in it; one of that name is replaced.
support_new_database() {
    local name="$1"
    if [[ -z "${TIERCLOSE_TEST_CLUSTER:-}" ]]; then
        echo "error: support_new_database: call cluster_start first" >&2
        return 1
    fi
    cluster_make_template || return
    (
        # PostgreSQL copies a template for one at a time.
        flock 9
        postgres_psql -d postgres \
            -c 'set client_min_messages = warning' \
            -c "drop database if exists \"$name\" with (force)" \
            -c "create database \"$name\" template $CLUSTER_TEMPLATE"
    ) 9>"$TIERCLOSE_TEST_CLUSTER/template.lock"
}

cluster_main() {
    local verb="${1:-}"
    case "$verb" in
        run)
            shift
            cluster_start
            # Not exec: the shell stays, to clean up.
            "$@"
            ;;
        new-database)
            postgres_use "${TIERCLOSE_TEST_CLUSTER:?is not set: see cluster.sh run}"
            support_new_database "${2:?name of the database}"
            ;;
        *)
            echo "usage: cluster.sh run COMMAND... | cluster.sh new-database NAME" >&2
            return 64
            ;;
    esac
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
    set -euo pipefail
    cluster_main "$@"
fi
