#!/bin/bash
#
# A server that a test may crash and start again; it keeps its data, unlike that of cluster.sh.
#
#   tests/fault/server.sh make FOLDER     a new cluster, its socket in the same folder
#   tests/fault/server.sh serve FOLDER    becomes the server; it ends with its parent
set -euo pipefail
# shellcheck source=job/support/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../job/support/postgres.sh"

verb="$1"
folder="$2"
postgres_find_binaries
postgres_find_server_user

case "$verb" in
    make)
        postgres_make_folder "$folder"
        postgres_make_cluster "$folder/data" >/dev/null
        # What is committed must survive a crash of the server, not one of the machine.
        {
            postgres_private_settings "$folder"
            echo "fsync = off"
            echo "synchronous_commit = on"
            echo "shared_buffers = 32MB"
            echo "timezone = 'Asia/Kathmandu'"
        } >>"$folder/data/postgresql.conf"
        ;;
    serve)
        cd /
        exec "${POSTGRES_AS_SERVER[@]}" setpriv --pdeathsig QUIT \
            "$POSTGRES_BIN/postgres" -D "$folder/data"
        ;;
    *)
        echo "usage: server.sh make FOLDER | serve FOLDER" >&2
        exit 64
        ;;
esac
