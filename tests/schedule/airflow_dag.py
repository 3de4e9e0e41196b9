"""The Airflow DAG, read with stand-ins for Airflow's modules that note what it asks for."""

import datetime
import os
import py_compile
import sys
import tempfile
import types

from cases import add_case, expect, expect_equal
from command import ZONE, expect_closes, expect_only_close
from live import ROOT

PATH = ROOT / "config/airflow/tierclose_dag.py"
MODULES = {
    "2": ("airflow", "airflow.operators", "airflow.operators.bash"),
    "3": ("airflow", "airflow.providers", "airflow.providers.standard",
          "airflow.providers.standard.operators", "airflow.providers.standard.operators.bash"),
}
# The parameters that Airflow 2.4 and later know; another is an error there.
DAG_PARAMETERS = {"dag_id", "description", "schedule", "start_date", "catchup", "max_active_runs"}
TASK_PARAMETERS = {"task_id", "bash_command", "env", "append_env", "retries", "retry_delay",
                   "execution_timeout"}


class Noted:
    """Stands for DAG and BashOperator: keeps its arguments."""

    made = []

    def __init__(self, **arguments):
        self.arguments = arguments
        Noted.made.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def stand_ins(version):
    modules = {name: types.ModuleType(name) for name in (*MODULES[version], "pendulum")}
    modules["airflow"].DAG = type("DAG", (Noted,), {})
    modules[MODULES[version][-1]].BashOperator = type("BashOperator", (Noted,), {})
    # Airflow's own calendar: the zone is told as a name.
    modules["pendulum"].datetime = lambda *numbers, tz: (datetime.datetime(*numbers), tz)
    return modules


def read_dag(version):
    """The arguments of the DAG and of its one task."""
    Noted.made = []
    modules = stand_ins(version)
    kept = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        source = PATH.read_text(encoding="utf-8")
        # pylint: disable-next=exec-used
        exec(compile(source, str(PATH), "exec"), {"__name__": "tierclose_dag"})
    finally:
        for name, module in kept.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module
    expect_equal([type(noted).__name__ for noted in Noted.made], ["DAG", "BashOperator"], "made")
    return [noted.arguments for noted in Noted.made]


def try_dag():
    with tempfile.TemporaryDirectory() as folder:
        py_compile.compile(str(PATH), cfile=os.path.join(folder, "dag.pyc"), doraise=True)
    dag, task = read_dag("2")
    expect_equal(read_dag("3"), [dag, task], "the same in Airflow 3")
    expect(set(dag) <= DAG_PARAMETERS and set(task) <= TASK_PARAMETERS, f"{dag} {task}")
    expect_equal((dag["schedule"], dag["start_date"][1]), ("30 0 * * *", ZONE), "when")
    expect_equal((dag["catchup"], dag["max_active_runs"]), (False, 1), "one at a time")
    expect(task["retries"] > 0, "tries after a failure")
    expect("airflow" not in sys.modules, "the stand-ins are gone")


def try_command():
    _, task = read_dag("2")
    command = task["bash_command"]
    # Airflow takes a command that ends so for the name of a template.
    expect(not command.endswith((".sh", ".bash")) and "{{" not in command, command)
    expect_only_close("airflow", command.removeprefix("exec ").split())
    expect(task["append_env"] is True, "the worker's PATH is there too")
    expect_closes("airflow", ["bash", "-c", command], task["env"], "/etc/tierclose/pg_service.conf")


def register():
    add_case("the DAG's schedule, in Airflow 2 and 3", try_dag)
    add_case("the DAG's task closes what is due", try_command)
