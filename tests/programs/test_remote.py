"""A real API: the server and its callers agree on every call, and every fault on the
way is accounted for."""

import contextlib
import csv
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from .program import (
    BUILD, LIMIT_S, Ending, bound, finish, only, read_samples, refusal, run, start, until,
)  # fmt: skip

SERVER = BUILD / "src" / "api-server"
CALLERS = ("thread-per-task", "worker-pool")
WORLD = ("-n", 200, "-s", "1ms", "--distribution", "exponential", "--seed", 7)
FAULTY = ("--error-rate", "0.1", "--silent-rate", "0.1", "--hang-rate", "0.1",
          "--hang-time", "2ms")  # fmt: skip


@contextlib.contextmanager
def a_server(*args: object, **settings: Any) -> Iterator[subprocess.Popen[str]]:
    """Killed at the end, unless accounts_of() has ended it in good order."""
    server = start("api-server", *args, **settings)
    try:
        yield server
    finally:
        server.kill()
        server.communicate()


def address_of(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return server.stdout.readline().strip()


def accounts_of(server: subprocess.Popen[str]) -> dict[str, Any]:
    server.send_signal(signal.SIGTERM)
    ending = finish(server)
    if ending.status != 0:
        raise AssertionError(str(ending))
    return json.loads(ending.out)


@contextlib.contextmanager
def another_server(act: Callable[[socket.socket], None]) -> Iterator[str]:
    """Its address; whatever `act` does with a connection that has sent a request."""

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            lines.append(line)
            with contextlib.suppress(OSError):
                line.recv(4096)
                act(line)

    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for line in lines:
                line.close()


def says(text: bytes) -> Callable[[socket.socket], None]:
    def act(line: socket.socket) -> None:
        line.sendall(text)
        line.close()

    return act


# What another server does, and what becomes of ten tasks: their outcome, why, the exit
# status, and what stderr says.
NO_ANSWER = {
    "closes early": (says(b""), "reset", "closed by the API"),
    "closes in mid-answer": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nserved"), "reset",
        "closed by the API",
    ),
    "answers rubbish": (says(b"\x00\xffrubbish\r\n\r\n"), "no_http", "not HTTP"),
}  # fmt: skip
RIGHT = b"served 0/1\n"
# A status, a body in pieces, what it is told as, and whether that makes the run void: it
# could not have been so.
TOLD = {
    "too many": (b"429 Too Many Requests", (b"no\n",), "rejected", False),
    "unavailable": (b"503 Service Unavailable", (b"no\n",), "rejected", False),
    "failed": (b"500 Internal Server Error", (b"no\n",), "failed", False),
    "failed on the way": (b"502 Bad Gateway", (b"no\n",), "failed", False),
    "the last of failures": (b"599 Whatever", (b"no\n",), "failed", False),
    "no status there is": (b"600 Whatever", (b"no\n",), "failed", True),
    "a page": (b"404 Not Found", (b"no\n",), "failed", True),
    "in pieces": (b"200 OK", (RIGHT[:4], RIGHT[4:7], RIGHT[7:]), "ok", False),
    "another body": (b"200 OK", (b"no\n",), "silent", True),
    "more than it should": (b"200 OK", (RIGHT + b" and more",), "silent", True),
    "right, and much more": (b"200 OK", (RIGHT, b"x" * 100, b"x" * 9), "silent", True),
    "a whole buffer": (b"200 OK", (RIGHT + b"\0" * 52,), "silent", True),
    "at length": (b"200 OK", (RIGHT * 10_000,), "silent", True),
}


def http(status: bytes, pieces: tuple[bytes, ...]) -> Callable[[socket.socket], None]:
    # It closes the connection, and says so: else another call might come on it.
    head = b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"

    def act(line: socket.socket) -> None:
        for piece in (head % (status, sum(map(len, pieces))), *pieces):
            line.sendall(piece)
            time.sleep(0.02)
        line.close()

    return act


@unittest.skipUnless(SERVER.exists(), "built without libmicrohttpd")
class Remote(unittest.TestCase):
    def call(self, program: str, url: str, *args: object, status: int = 0) -> Ending:
        ending = run(program, "--json", "-", "--api-url", url, *args)
        self.assertEqual(ending.status, status, ending)
        self.assertLessEqual(ending.err.count("\n"), 1 + status, ending)
        tasks = ending.record["config"]["tasks"]
        self.assertEqual(sum(ending.record["outcomes"].values()), tasks)
        return ending

    def test_both_sides_agree_on_every_task(self) -> None:
        for program in CALLERS:
            with self.subTest(program), tempfile.TemporaryDirectory() as folder:
                theirs, ours = Path(folder) / "theirs", Path(folder) / "ours"
                with a_server(*WORLD, *FAULTY, "--samples", theirs) as server:
                    options = (*bound(program, 20), "--samples", ours, "--attempts", 3)
                    options = (*WORLD, *FAULTY, *options, "--backoff", "1ms")
                    record = self.call(program, address_of(server), *options).record
                    accounts = accounts_of(server)
                with theirs.open(newline="", encoding="ascii") as file:
                    told = {
                        (int(row["index"]), int(row["attempt"])): row["reply"]
                        for row in csv.DictReader(file)
                    }
                samples = read_samples(ours)
                for task in samples:
                    self.assertEqual(told[task.index, task.attempts], task.outcome)
                self.assertEqual(len(told), sum(task.attempts for task in samples))
                self.assertEqual(len(told), record["calls"])
                self.assertEqual(len(told), accounts["calls"])
                self.assertGreater(accounts["replies"]["failed"], 0)
                self.assertGreater(record["outcomes"]["silent"], 0)
                self.assertEqual(sum(accounts["replies"].values()), accounts["calls"])
                for key in ("workload_digest", "version", "commit"):
                    self.assertEqual(accounts[key], record[key])

    def test_the_fates_are_those_of_the_simulation(self) -> None:
        for program in CALLERS:
            with self.subTest(program), a_server(*WORLD, *FAULTY) as server:
                options = (*WORLD, *FAULTY, *bound(program, 20))
                real = self.call(program, address_of(server), *options).record
                simulated = run(program, *options, "--json", "-").record
                self.assertEqual(real["outcomes"], simulated["outcomes"])
                self.assertIsNone(simulated["remote"])
                own = {key: real["peak"][key] for key in ("served", "waiting")}
                own |= {key: real["api"][key] for key in ("waited", "service_ns", "wasted_ns")}
                self.assertEqual(set(own.values()), {None})

    def test_a_worker_keeps_its_connection(self) -> None:
        for program, expected in (("worker-pool", 5), ("thread-per-task", 200)):
            with self.subTest(program), a_server(*WORLD) as server:
                options = (*WORLD, *bound(program, 5))
                record = self.call(program, address_of(server), *options).record
                remote = record["remote"]
                accounts = accounts_of(server)
                self.assertEqual(remote["connections"], expected)
                self.assertEqual(accounts["connections"], expected)
                self.assertLessEqual(remote["connected"], 5)
                # Of two hundred connections only a few are there at once.
                self.assertTrue(5 <= remote["descriptors"] < 100, remote)
                self.assertIsNone(remote["descriptor_limit"])  # none was wanting
                self.assertEqual(set(remote["broken"].values()), {0})

    def test_the_summary_tells_of_connections(self) -> None:
        for program, sockets in (("worker-pool", "1 socket"), ("thread-per-task", "9 sockets")):
            with self.subTest(program), a_server("-n", 9, "-s", 0) as server:
                url = address_of(server)
                ending = run(program, "-n", 9, "-s", 0, *bound(program, 1), "--api-url", url)
                told = rf"\n  connections {sockets}, 1 at once; \d+ descriptors\n"
                self.assertRegex(ending.out, told)

    def test_the_api_turns_away_what_is_too_much(self) -> None:
        limit = ("-n", 50, "-s", "300ms", "--api-capacity", 5)
        with a_server(*limit) as server:
            url = address_of(server)
            record = self.call("worker-pool", url, *limit, "-w", 50).record
            accounts = accounts_of(server)
        self.assertGreater(record["outcomes"]["rejected"], 0)
        for reply in ("ok", "rejected"):
            self.assertEqual(record["outcomes"][reply], accounts["replies"][reply])
        self.assertLessEqual(accounts["peak"]["served"], 5)

    def test_who_gives_up_is_noticed_and_his_place_is_free(self) -> None:
        world = ("-n", 20, "-s", "1000s", "--api-capacity", 20)
        for program in CALLERS:
            with self.subTest(program), a_server(*world) as server:
                options = (*world, *bound(program, 20), "--timeout", "50ms")
                options += ("--api-url", address_of(server), "--json", "-")

                def outcomes(*more: object, of=program, asked=options) -> dict[str, int]:
                    return run(of, *asked, *more).record["outcomes"]

                self.assertEqual(outcomes(), only(timed_out=20))
                until(lambda one=outcomes: one("-n", 1) == only(timed_out=1), "a place")
                accounts = accounts_of(server)
                replies = accounts["replies"]
                self.assertEqual(replies["hung_up"] + replies["rejected"], accounts["calls"])

    def test_the_server_dies_in_mid_run(self) -> None:
        world = ("-n", 50, "-s", "1000s")
        for program in CALLERS:
            with self.subTest(program), a_server(*world) as server:
                url, tasks = address_of(server), Path(f"/proc/{server.pid}/task")
                serving = lambda at=tasks: len(list(at.iterdir()))  # noqa: E731
                idle = serving()
                caller = start(program, *world, "--json", "-", "--api-url", url)
                until(lambda all=idle + 5: serving() >= all, "calls")
                server.kill()
                ending = finish(caller)
                self.assertEqual(ending.status, 0, ending)
                self.assertEqual(ending.record["outcomes"], only(failed=50))
                broken = ending.record["remote"]["broken"]
                self.assertEqual(sum(broken.values()), 50)
                self.assertGreaterEqual(broken["reset"], 5)
                told = r"^[\w-]+: calls without an answer: (\d+ [^\d,]+(, |\n$))+"
                self.assertRegex(ending.err, told)

    def test_the_server_ends_with_its_parent_and_tells_its_accounts(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            told = Path(folder) / "accounts"
            script = f"{SERVER} --json {told} & read line"
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            with subprocess.Popen(["sh", "-c", script], text=True, **pipes) as shell:
                self.assertIn("http://127.0.0.1:", address_of(shell))
                shell.kill()
            until(lambda: told.read_text().endswith("}\n"), "the server stayed")
            self.assertEqual(json.loads(told.read_text())["calls"], 0)

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        for program, place in itertools.product(CALLERS, ("127.0.0.1", "[::1]")):
            with self.subTest(program, place=place):
                ending = self.call(program, f"http://{place}:{port}", "-n", 10)
                self.assertEqual(ending.record["outcomes"], only(failed=10))
                self.assertEqual(ending.record["remote"]["broken"]["refused"], 10)
                self.assertIn("10 refused", ending.err)

    def test_the_environment_names_no_way_around(self) -> None:
        proxy = {"http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
        with a_server(*WORLD) as server, mock.patch.dict(os.environ, proxy):
            record = self.call("worker-pool", address_of(server), *WORLD).record
            self.assertEqual(record["outcomes"], only(ok=200))

    def test_what_no_answer_is_told_as(self) -> None:
        for program in CALLERS:
            for name, (act, why, told) in NO_ANSWER.items():
                with self.subTest(name, program=program), another_server(act) as url:
                    ending = self.call(program, url, "-n", 10)
                    self.assertEqual(ending.record["outcomes"], only(failed=10))
                    self.assertEqual(ending.record["remote"]["broken"][why], 10)
                    self.assertIn(told, ending.err)

    def test_what_an_answer_is_told_as_and_which_makes_the_run_void(self) -> None:
        for name, (status, pieces, outcome, void) in TOLD.items():
            with self.subTest(name), another_server(http(status, pieces)) as url:
                ending = self.call("worker-pool", url, "-n", 1, status=int(void))
                self.assertEqual(ending.record["outcomes"], only(**{outcome: 1}))
                told = "accounts do not add up: answers" in ending.err
                self.assertEqual(told, void)

    def test_another_workload_makes_the_run_void(self) -> None:
        """What is to fail is served, or what is to be right is wrong."""
        fates = ((), ("--error-rate", 1), ("--silent-rate", 1))
        for theirs, ours in itertools.product(fates, fates):
            # A call may fail at any API: only to serve it well proves anything.
            status = int(theirs != ours and "--error-rate" not in theirs)
            with self.subTest(theirs=theirs, ours=ours), a_server(*theirs) as server:
                self.call("worker-pool", address_of(server), *ours, status=status)

    def test_it_never_answers(self) -> None:
        for program, attempts in itertools.product(CALLERS, (1, 3)):
            options = ("-n", 10, "--timeout", "50ms", "--attempts", attempts,
                       "--backoff", "1ms")  # fmt: skip
            with self.subTest(program), another_server(lambda line: None) as url:
                record = self.call(program, url, *options).record
                self.assertEqual(record["outcomes"], only(timed_out=10))

    def test_it_never_answers_and_somebody_loses_patience(self) -> None:
        for program in CALLERS:
            called = threading.Event()
            with (
                self.subTest(program),
                another_server(lambda line, called=called: called.set()) as url,
            ):
                options = ("-n", 10, "--cancel", "within", "--json", "-")
                caller = start(program, *options, "--api-url", url)
                self.assertTrue(called.wait(LIMIT_S))
                caller.send_signal(signal.SIGINT)
                ending = finish(caller)
                self.assertEqual(ending.status, 128 + signal.SIGINT, ending)
                outcomes = ending.record["outcomes"]
                self.assertEqual(outcomes["cancelled"] + outcomes["not_started"], 10)

    def test_only_this_machine_is_called(self) -> None:
        for url in ("http://example.org:80", "http://127.0.0.1", "http://127.0.0.1:0",
                    "https://127.0.0.1:80", "http://127.0.0.1:80/x", "127.0.0.1:80",
                    "http://127.0.0.1:65536", "http://localhost:80", "http://[::2]:80",
                    "http://127.0.0.1:80@example.org:80", "http://0.0.0.0:80",
                    "http://127.0.0.1:080", ""):  # fmt: skip
            with self.subTest(url):
                said = refusal("worker-pool", "--api-url", url)
                self.assertIn("only this machine\n", said)

    def test_fibers_and_the_server_do_not_call(self) -> None:
        for program in ("fiber-pool", "fiber-per-task", "api-server"):
            said = refusal(program, "--api-url", "http://127.0.0.1:80")
            self.assertIn("--api-url is not an option of ", said)
        refusal("api-server", "--workers", 5)
        help_text = run("api-server", "--help").out
        self.assertNotRegex(help_text, r"  --(timeout|cancel|workers|api-url)\b")
        self.assertTrue(re.search("--api-capacity", help_text))
        for told in ("its address", "SIGTERM", "Exit status: 0", "where its counts go"):
            self.assertIn(told, help_text)
        self.assertLessEqual(max(map(len, help_text.splitlines())), 80)

    def test_a_stack_that_is_too_small_for_it_is_refused(self) -> None:
        args = ("--api-url", "http://127.0.0.1:9", "--stack-size", "64K")
        self.assertIn("--stack-size of 128K or more", refusal("worker-pool", *args))
