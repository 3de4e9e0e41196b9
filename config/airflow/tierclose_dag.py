"""Closes what is due, every night in the programme's zone (`timezone` in its file); Airflow 2.4 on.

The worker needs tierclose in its PATH, /etc/tierclose/programme.yaml, and libpq's service file with
a section [tierclose] at /etc/tierclose/pg_service.conf, readable by the worker alone.

No catch-up by Airflow: the job itself closes every month that has ended since the last one closed.
A further try changes nothing where a person must look, and helps where the database was away.
"""

import datetime

import pendulum
from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator  # Airflow 3
except ImportError:
    from airflow.operators.bash import BashOperator

with DAG(
    dag_id="tierclose",
    description="Close the month of the loyalty programme",
    schedule="30 0 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="America/Los_Angeles"),
    catchup=False,
    max_active_runs=1,
) as dag:
    BashOperator(
        task_id="close",
        bash_command="exec tierclose close --quiet",
        env={
            "TIERCLOSE_CONFIG": "/etc/tierclose/programme.yaml",
            "PGSERVICEFILE": "/etc/tierclose/pg_service.conf",
            "PGSERVICE": "tierclose",
        },
        append_env=True,
        retries=5,
        retry_delay=datetime.timedelta(minutes=10),
        execution_timeout=datetime.timedelta(hours=12),
    )
