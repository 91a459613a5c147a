"""A pool that says no: what it sheds, what its caller runs, and that nothing is lost."""

from .accounts import Accounts
from .program import VIRTUAL, long_enough, measure, only, sample

# What fibers wait for need not be waited for here.
POOLS = (("worker-pool",), ("elastic-pool",),
         ("fiber-pool", *VIRTUAL), ("elastic-fiber-pool", *VIRTUAL))  # fmt: skip
MS = 1_000_000


class WhenFull(Accounts):
    def test_what_finds_no_worker_and_no_room_is_shed(self) -> None:
        """All come at once and none is ever done: W are served, N wait."""
        for workers, queue in ((3, 0), (3, 4), (1, 1), (5, 60)):
            # A rendezvous needs workers who wait already: the tasks come one by one.
            args = ("-n", 50, "-s", "1000s", "-w", workers, "--queue", queue,
                    "--cancel", "within", "--when-full", "reject")  # fmt: skip
            taken = min(50, workers + queue)
            outcomes = only(cancelled=taken, shed=50 - taken)
            rates = {"300ms": "fixed:200/s", "3s": "fixed:20/s", "30s": "fixed:2/s"}
            for pool in POOLS:
                with self.subTest(pool, workers=workers, queue=queue):
                    record, samples = long_enough(
                        lambda within: sample(*pool, *args, "--deadline", within,
                                              "--arrivals", rates[within]),
                        lambda told: told[0]["outcomes"] == outcomes,
                    )  # fmt: skip
                    self.assertEqual(record["outcomes"], outcomes)
                    shed = [task for task in samples if task.outcome == "shed"]
                    self.assertEqual({task.started_ns for task in shed} - {None}, set())

    def test_what_is_shed_among_what_is_served_is_counted_once(self) -> None:
        """Stopped in mid-run, with tasks in the queue and others shed between them."""
        for queue in (0, 1, 7):
            args = ("-n", 5000, "-s", "2ms", "-w", 2, "--queue", queue,
                    "--arrivals", "fixed:2000/s", "--when-full", "reject",
                    "--deadline")  # fmt: skip
            for pool in POOLS:
                with self.subTest(pool, queue=queue):
                    record, samples = long_enough(
                        lambda within: sample(*pool, *args, within),
                        lambda told: min(told[0]["outcomes"][k] for k in ("ok", "shed")),
                    )
                    self.check_accounts(record, samples)
                    if record["stop"]:  # not so late that all had come
                        self.check_stop(record, samples)
                    self.assertGreater(record["outcomes"]["shed"], 0)
                    self.assertGreater(record["outcomes"]["ok"], 0)

    def test_a_caller_that_runs_tasks_loses_none_and_is_one_worker_more(self) -> None:
        args = ("-n", 60, "-s", "2ms", "-w", 2, "--when-full", "caller-runs")
        for pool in POOLS:
            with self.subTest(pool):
                record, samples = sample(*pool, *args)
                self.assertEqual(record["outcomes"], only(ok=60))
                self.assertLessEqual(record["peak"]["in_flight"], 3)
                self.assertIn(2, {task.lane for task in samples})  # the caller's
                self.assertGreaterEqual(record["wall_ns"], 60 * 2 * MS / 3)

    def test_while_the_caller_runs_a_task_it_feeds_no_other(self) -> None:
        """Its own tasks follow one another, as those of any lane."""
        args = ("-n", 60, "-s", "1ms", "-w", 1, "--when-full", "caller-runs")
        for pool in POOLS:
            with self.subTest(pool):
                _, samples = sample(*pool, *args)
                own = [task for task in samples if task.lane == 1]
                for before, after in zip(own, own[1:]):
                    self.assertLessEqual(before.finished_ns, after.started_ns)

    def test_told_to_stop_it_stops_whatever_it_does_when_full(self) -> None:
        for what in ("wait", "reject", "caller-runs"):
            args = ("-n", 50, "-s", "1000s", "-w", 2, "--cancel", "within",
                    "--when-full", what, "--deadline")  # fmt: skip
            for pool in POOLS:
                with self.subTest(pool, what=what):
                    outcomes = long_enough(
                        lambda within: measure(*pool, *args, within)["outcomes"],
                        lambda outcomes: what != "reject" or outcomes["shed"] > 0,
                    )
                    self.assertEqual(outcomes["cancelled"] + outcomes["shed"], 50)
                    self.assertEqual(outcomes["shed"] > 0, what == "reject")
