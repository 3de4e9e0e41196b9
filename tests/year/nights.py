"""A night: the scheduler starts the job, and something goes wrong with it."""

import contextlib
import signal
import time

from cases import Failure, expect, expect_equal
from follow import Command
from job import Job, backends, wait_until_gone
from live import ConnectionLost, psql
from programme import month_add
from published import leftovers
from tiny_disk import fill_but

# What a disturbed job may end with; 0 if the disturbance came too late.
# (A signal that comes before the job listens to it ends it like any program.)
CODES = {"nothing": (0,), "kill": (0, -9), "stop": (0, 143, -15), "interrupt": (0, 130, -2),
         "cut": (0, 69, 74), "disk": (0, 69), "twice": (0,), "twice at most": (0, 75),
         "operator": (0,)}
CODE_CONFIG = 78
NIGHTLY = Command("close")


class Nights:

    def __init__(self, random, name, config, follower, writers, disk, count):
        """disk: the tablespace's name and its folder, or None. count: what happened, by name."""
        self.random = random
        self.name = name
        self.config = config
        self.follower = follower
        self.writers = writers
        self.disk = disk
        self.count = count
        self.history = []
        self.usual_seconds = 0.1        # of a run that publishes

    # ------------------------------------------------------------ choices

    def fault(self, at_work):
        """What happens in the night; at_work: whether there is something to close or settle."""
        if self.random.random() > (0.55 if at_work else 0.05):
            return "nothing"
        names = ["kill", "stop", "interrupt", "cut", "twice", "twice at most", "operator"]
        weights = [5, 1, 1, 2, 2, 1, 1]
        if self.disk is not None:
            names.append("disk")
            weights.append(2)
        return self.random.choices(names, weights)[0]

    def operator_command(self, today):
        """A restatement or backfill of any closed periods, and now and then of one before them."""
        book = self.follower.book
        periods = sorted(book.periods)
        if self.random.random() < 0.5:
            period = self.random.choice(periods[-4:] + periods)
            return Command("restate", period, period)
        if self.random.random() < 0.1 and book.programme.rules_for(month_add(periods[0], -1)):
            periods.insert(0, month_add(periods[0], -1))
        first = self.random.randrange(len(periods))
        last = min(len(periods) - 1, first + self.random.choice([0, 1, 2, 5]))
        return Command("backfill", periods[first], periods[last])

    def options(self):
        return self.random.choice([(), (), (), ("--workers", "1"), ("--workers", "3"), ("--full",)])

    # ------------------------------------------------------------ a night

    def play(self, members, today, at_work):
        """The nightly close, disturbed or not, and perhaps started again."""
        if self.random.random() < 0.06:
            self.count["nights missed"] += 1
            self.history.append(f"{today}: missed")
            return
        fault = self.fault(at_work)
        options = self.options()
        command = None
        if self.follower.book.periods and (
                fault == "operator" or self.random.random() < 0.02):
            command = self.operator_command(today)
        if command is not None and fault != "operator":
            self.turn([command], members, today,
                      self.random.choice(["nothing", "nothing", "kill", "cut"]))
        commands = [Command("close", options=options)]
        if fault == "twice":
            commands.append(NIGHTLY)
        elif fault == "twice at most":
            commands.append(Command("close", options=("--no-wait",)))
        elif fault == "operator" and command is not None:
            commands.append(command)
        if self.follower.book.periods and self.random.random() < 0.05:
            self.verify(members, today)
        again = 0
        while not self.turn(commands, members, today, fault) and self.random.random() < 0.6:
            again += 1
            commands = [Command("close", options=self.options())]
            fault = self.random.choice(["nothing", "nothing", "kill"]) if again < 3 else "nothing"

    def verify(self, members, today):
        periods = sorted(self.follower.book.periods)
        period = self.random.choice([self.random.choice(periods), periods[-1]])
        wanted = self.follower.has_differences(members, self.writers.events(), today, period)
        words = ["verify", "--period", period, "--today", today]
        self.history.append(f"{today}: " + " ".join(map(str, words)))
        Job(self.name, words, config=self.config).expect_code(int(wanted))
        self.count["verified, " + ("with differences" if wanted else "all equal")] += 1

    def turn(self, commands, members, today, fault):
        """Starts the commands at once, waits for their ends, follows what they published. True if
        every one ended well."""
        before = self.writers.events()
        operator = next((one for one in commands if one.name != "close"), None)
        self.history.append(f"{today}: {fault}: " + " & ".join(
            " ".join(map(str, command.words(today))) for command in commands))
        refused = operator is not None and self.follower.would_refuse(
            members, before, today, operator)
        with self._disk(fault):
            jobs = self._run(commands, today, fault)
        for command, job in zip(commands, jobs):
            self.history.append(f"    exit code {job.code}")
            may = CODES[fault] + ((CODE_CONFIG,) if command is operator and refused else ())
            job.expect_code(*may)
        wait_until_gone(self.follower.session, self.name)
        runs = self.follower.read_runs()
        self._count_runs(runs, jobs, fault)
        done = self.follower.follow(runs, members, today, operator)
        for command, job in zip(commands, jobs):
            if job.code == 0 and command is operator:
                expect(done, f"{command} left no run in the ledger; {job.told()}")
            elif job.code == 0:
                self.follower.expect_nothing_missed(members, before, today, runs)
        good = all(job.code in (0, 75) for job in jobs)
        if good:
            expect_equal(leftovers(self.follower.session), [], "left in the way")
            running = self.follower.session.query(
                "select run_id from tierclose.run where status = 'running'")
            expect_equal(running, [], "runs that never end")
        return good

    def _count_runs(self, runs, jobs, fault):
        self.count["commands"] += len(jobs)
        self.count["runs published"] += sum(run.status == "published" for run in runs)
        for run in runs:
            if run.status == "published":
                self.count[f"of them {run.action}"] += 1
        if fault != "nothing":
            broken = any(job.code not in (0, 75, CODE_CONFIG) for job in jobs)
            self.count[f"fault {fault}" + (", broke a run" if broken else "")] += 1
        self.count["refused for other levels"] += sum(job.code == CODE_CONFIG for job in jobs)

    # ------------------------------------------------------------ the faults

    def _run(self, commands, today, fault):
        """The jobs, ended."""
        moments = []
        if fault in ("kill", "stop", "interrupt", "cut"):
            moments.append((self.random.random() * 1.2 * self.usual_seconds, fault))
        if self.random.random() < 0.1:
            moments.append((self.random.random() * self.usual_seconds, "commit"))
        started = time.monotonic()
        jobs = [Job(self.name, command.words(today), config=self.config) for command in commands]
        try:
            for seconds, what in sorted(moments):
                time.sleep(max(0, started + seconds - time.monotonic()))
                self._disturb(what, jobs)
            for job in jobs:
                job.wait()
        finally:
            for job in jobs:
                job.kill(signal.SIGKILL)
        if fault == "nothing" and time.monotonic() - started > self.usual_seconds / 2:
            self.usual_seconds += (time.monotonic() - started - self.usual_seconds) / 4
        return jobs

    def _disturb(self, what, jobs):
        if what == "commit":
            self.writers.commit_one()
        elif what == "cut":
            for pid in backends(self.follower.session, self.name):
                self.follower.session.query(f"select pg_terminate_backend({pid})")
        else:
            number = {"kill": signal.SIGKILL, "stop": signal.SIGTERM,
                      "interrupt": signal.SIGINT}[what]
            for job in jobs:
                job.kill(number)

    @contextlib.contextmanager
    def _disk(self, fault):
        """A disk with no room, or with too little, for what a run writes."""
        if fault != "disk":
            yield
            return
        tablespace, folder = self.disk
        filler = fill_but(folder, self.random.randrange(5))
        psql("postgres", f'alter database "{self.name}" set default_tablespace = {tablespace}')
        try:
            yield
        finally:
            psql("postgres", f'alter database "{self.name}" reset default_tablespace')
            filler.unlink()
