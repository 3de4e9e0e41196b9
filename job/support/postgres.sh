# shellcheck shell=bash
#
# A private PostgreSQL server: reached over a unix socket only, by its owner and root only,
# so it needs no port, no password and no change to any server that is there already.
# job/quickstart and the tests share these functions.
#
# PostgreSQL refuses to run as root; for root it runs as the user postgres.
#
#   source job/support/postgres.sh
#   postgres_find_binaries
#   postgres_make_cluster /tmp/x/data
#   ... start it with options from postgres_server_options ...
#   postgres_wait_until_ready 30
#   postgres_deploy_sql DATABASE

POSTGRES_SUPERUSER=postgres
# Also the number of the socket; whoever lets a server listen chooses one that is free.
POSTGRES_PORT="${POSTGRES_PORT:-5432}"
# The kernel allows 107 bytes for a socket; the server adds the file's name to the folder's.
POSTGRES_SOCKET_FOLDER_BYTES_MAX=90

# Sets POSTGRES_BIN, the folder of the newest server. TIERCLOSE_POSTGRES_BIN overrides it.
postgres_find_binaries() {
    local found
    POSTGRES_BIN="${TIERCLOSE_POSTGRES_BIN:-}"
    if [[ -z "$POSTGRES_BIN" ]]; then
        found="$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1)" ||
            found="$(command -v initdb)" || found=""
        POSTGRES_BIN="${found%/*}"
    fi
    if [[ ! -x "$POSTGRES_BIN/initdb" || ! -x "$POSTGRES_BIN/postgres" ]]; then
        echo "error: no PostgreSQL server program (initdb, postgres) was found" >&2
        echo "hint: install postgresql, or set TIERCLOSE_POSTGRES_BIN to the folder." >&2
        return 69
    fi
}

# The user that the server runs as.
postgres_server_user() {
    if [[ "$(id -u)" -ne 0 ]]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}

# Sets POSTGRES_AS_SERVER, the words before a command that runs as the server's user.
postgres_find_server_user() {
    local user
    user="$(postgres_server_user)"
    POSTGRES_AS_SERVER=()
    if [[ "$(id -u)" -eq 0 ]]; then
        POSTGRES_AS_SERVER=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups)
    fi
}

# Makes a folder that belongs to the server's user alone. Fails if that user cannot work in it:
# a checkout below /root is closed to it, and some shared folders know no owners.
# What somebody else put under that name, say in /var/tmp, is not touched.
postgres_make_folder() {
    local folder="$1" owner
    postgres_find_server_user
    if [[ -L "$folder" ]]; then
        return 1
    elif [[ -e "$folder" ]]; then
        owner="$(stat -c %U "$folder")"
        [[ "$owner" == "$(postgres_server_user)" || "$owner" == "$(id -un)" ]] || return 1
    fi
    mkdir -p "$folder" &&
        chown "$(postgres_server_user)" "$folder" &&
        chmod 700 "$folder" &&
        "${POSTGRES_AS_SERVER[@]}" test -O "$folder" -a -w "$folder" &&
        "${POSTGRES_AS_SERVER[@]}" mkdir "$folder/probe" 2>/dev/null &&
        "${POSTGRES_AS_SERVER[@]}" chmod 700 "$folder/probe" &&
        [[ "$(stat -c %a "$folder/probe")" == 700 ]] &&
        rmdir "$folder/probe"
}

# Whoever reaches the socket is let in: only the owner and root can reach it.
postgres_make_cluster() {
    local data="$1"
    postgres_find_server_user
    # The server's user may not be allowed in the folder where we stand.
    (cd / && "${POSTGRES_AS_SERVER[@]}" "$POSTGRES_BIN/initdb" --pgdata="$data" \
        --username="$POSTGRES_SUPERUSER" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync)
}

# Prints the settings that keep a server private, as lines of postgresql.conf.
postgres_private_settings() {
    local socket_folder="$1"
    cat <<SETTINGS
listen_addresses = ''
port = $POSTGRES_PORT
unix_socket_directories = '$socket_folder'
unix_socket_permissions = 0700
lc_messages = 'C.UTF-8'
SETTINGS
}

# Can the server put its socket there, and a connection string name it without quotes?
postgres_can_hold_socket() {
    local folder="$1"
    [[ "${#folder}" -le "$POSTGRES_SOCKET_FOLDER_BYTES_MAX" && "$folder" =~ ^[A-Za-z0-9/._+-]+$ ]]
}

# Forgets any server that the environment names.
postgres_forget_environment() {
    unset PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE \
        PGSERVICEFILE PGOPTIONS PGSSLMODE PGREQUIREPEER PGTZ PGDATESTYLE PGCLIENTENCODING \
        PGAPPNAME PGCONNECT_TIMEOUT PSQLRC
}

# Points psql, sqitch and the job at a private server, and at no other.
postgres_use() {
    local socket_folder="$1"
    postgres_forget_environment
    export PGHOST="$socket_folder" PGPORT="$POSTGRES_PORT" PGUSER="$POSTGRES_SUPERUSER"
}

postgres_psql() {
    psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"
}

postgres_wait_until_ready() {
    local seconds="$1" try
    for ((try = 0; try < seconds * 20; try++)); do
        if "$POSTGRES_BIN/pg_isready" --quiet --dbname=postgres; then
            return 0
        fi
        sleep 0.05
    done
    echo "error: PostgreSQL did not answer within $seconds seconds" >&2
    return 69
}

# Deploys sql/ to a database. sqitch would ask for a person's name and read a person's own
# settings: here it does neither, so it gives the same on every machine.
postgres_sqitch() {
    local database="$1" verb="$2"
    shift 2
    (cd "$POSTGRES_SQL_FOLDER" &&
        env SQITCH_SYSTEM_CONFIG=/nonexistent SQITCH_USER_CONFIG=/nonexistent \
            SQITCH_FULLNAME="tierclose" SQITCH_EMAIL="tierclose@localhost" \
            LC_ALL=C.UTF-8 PSQLRC=/nonexistent \
            sqitch "$verb" "$@" "db:pg:$database")
}

POSTGRES_SQL_FOLDER="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../sql" && pwd)"
