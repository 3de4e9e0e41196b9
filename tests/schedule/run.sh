#!/bin/bash
#
# What config/ has for the night: the systemd units, the cron line, the Kubernetes CronJob, the
# Airflow DAG; each as far as it can be tried without its host.
#
#   tests/schedule/run.sh [PART OF A NAME...]    without: all cases
#   TIERCLOSE_JOB=path/to/tierclose              the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "schedule: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/schedule/run.py "$@"
