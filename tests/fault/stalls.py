"""Places where the job is made to wait until a test lets it go.

A stall takes a lock that the job needs at exactly one step; pg_stat_activity tells when the job
has come there. Nothing here depends on time.
"""

import contextlib
import tempfile

from cases import wait_until
from job import CONFIG, LEADER, READER, WORKER
from published import unpublished_tables
from live import ConnectionLost, Session

WRITER = "tierclose run % writer"

GATE_KEY = 1
STANDING_GATE = """
create function fault.gate_standings() returns event_trigger language plpgsql as $$
declare made record;
begin
    for made in select * from pg_event_trigger_ddl_commands() c where c.object_type = 'table'
            and c.object_identity like 'tierclose.standing\\_run\\_%' loop
        execute format('create trigger gate before insert on %s for each row when'
            ' (new.member_id = 1030) execute function fault.gate_row(1)', made.object_identity);
    end loop;
end $$;
create event trigger gate on ddl_command_end when tag in ('CREATE TABLE')
    execute function fault.gate_standings();
"""
STANDING_GATE_OFF = ("drop event trigger if exists gate;"
                     " drop function if exists fault.gate_standings();")
# The table's key is the writer's last message, and its commit comes with it.
KEY_GATE = """
create function fault.gate_key() returns event_trigger language plpgsql as $$
begin
    if current_setting('application_name') like '% writer' then
        perform fault.gate(1);
    end if;
end $$;
create event trigger gate on ddl_command_end when tag in ('ALTER TABLE')
    execute function fault.gate_key();
"""
KEY_GATE_OFF = "drop event trigger if exists gate; drop function if exists fault.gate_key();"
COMMIT_GATE = """
create constraint trigger gate after insert or update on tierclose.published
    deferrable initially deferred for each row execute function fault.gate_row(1);
"""
COMMIT_GATE_OFF = "drop trigger gate on tierclose.published;"


class Stall:
    """The job waits in `trial`'s database once reached() returns, until release()."""

    def __init__(self, trial, session, waiting):
        self.trial = trial
        self.waiting = waiting
        self._session = session

    def reached(self, job):
        database = self.trial.database

        def waits():
            if not job.running():
                job.wait()
                raise AssertionError("the job did not wait; " + job.told())
            return self.trial.session.query(
                "select pid from pg_stat_activity where wait_event_type = 'Lock' and "
                f"datname = '{database}' and application_name like '{self.waiting}'")

        wait_until(waits, f"{job} to come to the step")

    def release(self):
        self._session.query("rollback")


class LastAttach(Stall):
    """At the first table the leader waits for the parent: all tables are written then. So the last
    one can be locked, and the parent let go."""

    def __init__(self, trial, parent, last):
        super().__init__(trial, last, LEADER)
        self._parent = parent

    def reached(self, job):
        super().reached(job)
        table = f"tierclose.standing_run_{unpublished_tables(self.trial.session)[-1]}"
        self._session.query(f"begin; lock table {table} in access share mode")
        self._parent.query("rollback")
        wait_until(lambda: self.trial.session.query(
            f"select pid from pg_locks where not granted and relation = '{table}'::regclass"),
                   f"{job} to come to the last table")


@contextlib.contextmanager
def table_lock(trial, table, mode, waiting):
    with Session(trial.database) as session:
        session.query(f"begin; lock table {table} in {mode} mode")
        yield Stall(trial, session, waiting)
        with contextlib.suppress(ConnectionLost):
            session.query("rollback")


@contextlib.contextmanager
def last_attach(trial):
    """The leader waits to attach the last table; after that it has nothing to do but commit."""
    with Session(trial.database) as parent, Session(trial.database) as last:
        parent.query("begin; lock table tierclose.standing in share update exclusive mode")
        yield LastAttach(trial, parent, last)


@contextlib.contextmanager
def gate(trial, waiting, switch_on="", switch_off=""):
    with Session(trial.database) as session:
        session.query(f"{switch_on} begin; select pg_advisory_xact_lock({GATE_KEY})")
        try:
            yield Stall(trial, session, waiting)
        finally:
            with contextlib.suppress(ConnectionLost):
                session.query("rollback")
            # The server may be another by now.
            with Session(trial.database) as fresh:
                fresh.query(switch_off)


def gate_config():
    """A configuration whose events come from the view with a gate in the middle."""
    text = CONFIG.read_text(encoding="utf-8")
    changed = text.replace("events: loyalty.point_event", "events: fault.point_event")
    assert changed != text
    # Kept until the tests end; the file goes with its last reference.
    file = tempfile.NamedTemporaryFile("w", suffix=".yaml")  # pylint: disable=R1732
    file.write(changed)
    file.flush()
    return file


# Step: how the job is stalled there. `waiting` is the connection that waits.
STEPS = {
    "dead runs are marked": lambda t: table_lock(t, "tierclose.run", "share", LEADER),
    "members are read": lambda t: table_lock(t, "loyalty.member", "access exclusive", READER),
    "events are read": lambda t: gate(t, WORKER),
    "what stands is read": lambda t: table_lock(t, "tierclose.run_level", "access exclusive",
                                                LEADER),
    "standings are begun": lambda t: table_lock(t, "tierclose.run_level", "share", LEADER),
    "standings are written": lambda t: gate(t, WRITER, STANDING_GATE, STANDING_GATE_OFF),
    "standings are kept": lambda t: gate(t, WRITER, KEY_GATE, KEY_GATE_OFF),
    "standings are attached": lambda t: table_lock(t, "tierclose.standing",
                                                   "share update exclusive", LEADER),
    "changes are written": lambda t: table_lock(t, "tierclose.level_change", "share", LEADER),
    "grants are written": lambda t: table_lock(t, "tierclose.coupon_grant", "share", LEADER),
    "the period is published": lambda t: table_lock(t, "tierclose.published", "share", LEADER),
    "the last row is written": lambda t: table_lock(t, "tierclose.program", "share", LEADER),
    "the commit is done": lambda t: gate(t, LEADER, COMMIT_GATE, COMMIT_GATE_OFF),
}
