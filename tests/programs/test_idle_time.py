"""Workers that are started when they are needed and end when they are idle."""

from .accounts import Accounts
from .program import VIRTUAL, measure, only, plain_build, run, sample

# Each with the pool whose workers stay.
POOLS = {"elastic-pool": "worker-pool", "elastic-fiber-pool": "fiber-pool"}
# Short: workers end all the time, in the middle of everything. Long: none ever does.
SHORT, LONG = "1ns", "1000s"


class IdleTime(Accounts):
    def test_nothing_is_lost_whatever_ends_when(self) -> None:
        for idle in (SHORT, "100us", "1ms", LONG):
            for more in ((), ("--queue", 1), ("--queue", 100), ("-w", 1),
                         ("-w", 1, "--queue", 3), ("-w", 40, "--queue", 2)):  # fmt: skip
                for arrivals in ("batch", "poisson:3000/s"):
                    args = ("-n", 200, "-s", "200us", "--arrivals", arrivals)
                    for program in POOLS:
                        with self.subTest(program, idle=idle, more=more):
                            record, samples = sample(
                                program, *args, *more, "--idle-time", idle
                            )
                            self.assertEqual(record["outcomes"], only(ok=200))
                            workers = record["config"]["workers"]
                            self.assertLessEqual(record["peak"]["threads"], workers)
                            lanes = {task.lane for task in samples}
                            self.assertLessEqual(lanes, set(range(workers)))

    def test_only_as_many_are_started_as_there_is_work_for(self) -> None:
        """Tasks that come one by one, each long after the last one's end."""
        for program, clock, rates in (
            ("elastic-fiber-pool", VIRTUAL, ("20/s",)),
            ("elastic-pool", (), ("20/s", "2/s", "0.2/s")),  # a busy machine is slow
        ):
            for idle, created in ((SHORT, 5), (LONG, 1)):
                for rate in rates:
                    args = ("-n", 5, "-s", 0, "-w", 100, "--arrivals", f"fixed:{rate}")
                    record = measure(program, *args, *clock, "--idle-time", idle)
                    told = (record["threads_created"], record["peak"]["threads"])
                    if told == (created, 1):
                        break
                self.assertEqual(told, (created, 1))
            stays = measure(POOLS[program], *args, *clock)
            self.assertEqual(stays["threads_created"], 101)

    def test_who_has_been_idle_for_so_long_and_no_less_ends(self) -> None:
        """A task every 100 ms that takes 10 ms: 90 ms later comes the next one."""
        args = ("-n", 5, "-s", "10ms", "--arrivals", "fixed:10/s", *VIRTUAL)
        for idle, created in (("89ms", 5), ("91ms", 1)):
            record = measure("elastic-fiber-pool", *args, "--idle-time", idle)
            self.assertEqual(record["threads_created"], created)
        told = run("elastic-fiber-pool", *args, "-w", 2, "--idle-time", "89ms").out
        self.assertIn("5 fibers created\n", told)  # main feeds

    def test_it_stops_and_says_no_as_a_pool_does_that_stays(self) -> None:
        for idle in (SHORT, "1ms", LONG):
            for what in ("wait", "reject", "caller-runs"):
                args = ("-n", 60, "-s", "5ms", "-w", 3, "--queue", 2, "--when-full", what)
                args += ("--idle-time", idle, "--deadline", "12ms")
                for cancel in ("between", "within"):
                    for program in POOLS:
                        with self.subTest(program, idle=idle, what=what):
                            record, samples = sample(program, *args, "--cancel", cancel)
                            self.check_accounts(record, samples)

    @plain_build
    def test_a_machine_that_refuses_workers_is_told_of(self) -> None:
        """Room for a few stacks: those who could be started do all the work."""
        args = ("-n", 50, "-s", "2ms", "-w", 50, "--idle-time", LONG, "--json", "-")
        more = ("--stack-size", "64M", "--limit-memory", "500M")
        ending = run("elastic-pool", *args, *more)
        self.assertEqual(ending.status, 0, ending)
        self.assertEqual(ending.record["outcomes"], only(ok=50))
        self.assertIsNotNone(ending.record["limit"])
        self.assertLess(ending.record["threads_created"], 50)
