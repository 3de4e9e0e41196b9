#!/bin/bash
#
# Who may do what, and who learns what: roles with logins of their own, hostile objects and names,
# secrets, TLS, the modes of installed files. What is refused inside of one session, tests/sql tries.
#
#   tests/access/run.sh [PART OF A NAME...]      without: all cases
#   TIERCLOSE_JOB=path/to/tierclose              the program; else build/job/tierclose
#
# Beside a server of its own, which asks for passwords and certificates and listens on 127.0.0.1,
# also where tests/run has started one. Ends with "access: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

unset TIERCLOSE_TEST_CLUSTER TIERCLOSE_CONFIG
# shellcheck source=tests/support/cluster.sh
source tests/support/cluster.sh
postgres_forget_environment
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

ACCESS_FOLDER="$(mktemp -d /tmp/tierclose-access.XXXXXX)"
export ACCESS_FOLDER
export CLUSTER_MORE_SETTINGS="$ACCESS_FOLDER/settings"

clean_up() {
    cluster_stop
    rm -rf "$ACCESS_FOLDER"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# Whatever a client says reaches the log, so that a secret would be found there.
write_settings() {
    cat >"$CLUSTER_MORE_SETTINGS" <<'SETTINGS'
listen_addresses = '127.0.0.1'
log_connections = on
log_disconnections = on
log_statement = all
log_parameter_max_length = -1
log_parameter_max_length_on_error = -1
SETTINGS
}

# Somebody else may have taken the port since it was found free.
start_server() {
    local try
    for try in 1 2 3; do
        POSTGRES_PORT="$(free_port)"
        export POSTGRES_PORT
        if cluster_start; then
            return 0
        fi
        echo "the server did not start at try $try"
        cluster_stop
    done
    return 1
}

# Only these come in over TCP; each has to show what its name says. The socket is open to those who
# may enter its folder, but for those who are to show a password.
write_access_rules() {
    local data="$CLUSTER_FOLDER/data" name
    for name in server wrong_name expired ca; do
        install -o "$(stat -c %U "$data")" -m 600 "$ACCESS_FOLDER/$name".{crt,key} "$data" ||
            return
    done
    cat >"$data/pg_hba.conf" <<'RULES'
local      all  secret_user   scram-sha-256
local      all  all           trust
hostssl    all  tls_password  127.0.0.1/32  scram-sha-256
hostssl    all  tls_cert      127.0.0.1/32  cert
hostnossl  all  plain         127.0.0.1/32  scram-sha-256
RULES
    postgres_psql -d postgres -c "alter system set ssl_cert_file = 'server.crt'" \
        -c "alter system set ssl_key_file = 'server.key'" \
        -c "alter system set ssl_ca_file = 'ca.crt'" \
        -c "alter system set ssl = on" -c "select pg_reload_conf()" >/dev/null
}

write_settings
if tests/access/certificates.sh "$ACCESS_FOLDER" >"$ACCESS_FOLDER/openssl.log" 2>&1 &&
    start_server && write_access_rules; then
    tests/access/run.py "$@"
else
    echo "access: 0 passed, 1 failed"
    exit 1
fi
