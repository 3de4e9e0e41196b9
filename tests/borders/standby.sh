#!/bin/bash
#
# Becomes a hot standby of the server that PGHOST names, its data and its socket in FOLDER, which is
# a new and empty one. It ends with its parent.
#
#   tests/borders/standby.sh FOLDER
set -euo pipefail
# shellcheck source=job/support/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../job/support/postgres.sh"

folder="$1"
postgres_find_binaries
postgres_make_folder "$folder"
cd /
"${POSTGRES_AS_SERVER[@]}" "$POSTGRES_BIN/pg_basebackup" --pgdata="$folder/data" \
    --write-recovery-conf --checkpoint=fast --no-sync
exec "${POSTGRES_AS_SERVER[@]}" setpriv --pdeathsig QUIT "$POSTGRES_BIN/postgres" \
    -D "$folder/data" -c "unix_socket_directories=$folder" -c hot_standby=on
