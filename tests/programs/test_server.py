"""The server by itself, asked as anybody may ask: its answers, and its accounts."""

import contextlib
import http.client
import itertools
import os
import signal
import socket
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit

from .program import finish, plain_build, refusal, run, stop_again, wait_until_quiet
from .test_failures import failing
from .test_remote import SERVER, a_server, accounts_of, address_of

MS = 1_000_000
SERVED = {"/call/0?attempt=1": b"served 0/1\n", "/call/4?attempt=3": b"served 4/3\n"}
MISFITS = (
    ("GET", "/"), ("GET", "/call/5?attempt=1"), ("GET", "/call/0?attempt=0"),
    ("GET", "/call/0"), ("GET", "/call/0?attempt="), ("GET", "/call/-1?attempt=1"),
    ("GET", "/call/x?attempt=1"), ("GET", "/calls/0?attempt=1"), ("GET", "/call/"),
    ("POST", "/call/0?attempt=1"), ("PUT", "/call/0?attempt=1"), ("HEAD", "/"),
)  # fmt: skip


def ask(url: str, path: str, method: str = "GET") -> tuple[int, str | None, bytes]:
    """The status, the header Retry-After and the body."""
    place = urlsplit(url).netloc
    connection = http.client.HTTPConnection(place, timeout=30)
    try:
        body = b"x" * 1_000_000 if method == "PUT" else None
        connection.request(method, path, body, headers={"Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.headers["Retry-After"], answer.read()
    finally:
        connection.close()


@unittest.skipUnless(SERVER.exists(), "built without libmicrohttpd")
class Server(unittest.TestCase):
    def test_what_it_serves_and_what_fits_no_task(self) -> None:
        with a_server("-n", 5, "-s", "1ms") as server:
            url = address_of(server)
            for path, body in SERVED.items():
                self.assertEqual(ask(url, path), (200, None, body), path)
            for method, path in MISFITS:
                self.assertEqual(ask(url, path, method)[0], 404, (method, path))
            accounts = accounts_of(server)
        self.assertEqual(accounts["misfits"], len(MISFITS))
        self.assertEqual(accounts["calls"], len(SERVED))
        self.assertEqual(accounts["replies"]["ok"], len(SERVED))
        self.assertEqual(accounts["api"], {"waited": 0, "abandoned": 0,
                         "service_ns": len(SERVED) * MS, "wasted_ns": 0})  # fmt: skip
        self.assertEqual(accounts["connections"], len(SERVED) + len(MISFITS))
        self.assertLess(accounts["peak"]["connected"], accounts["connections"])

    def test_its_timers_are_as_exact_as_they_were_asked_to_be(self) -> None:
        """Its threads inherit that, as those of the programs do."""
        with a_server("-s", 0, "--timer-slack", "12345ns") as server:
            address_of(server)
            slack = Path(f"/proc/{server.pid}/timerslack_ns")
            if not slack.exists():
                self.skipTest("this kernel does not tell it")
            self.assertEqual(slack.read_text(), "12345\n")

    def test_only_this_machine_can_call_it(self) -> None:
        """Another address of it stands for one that others can reach, too."""
        with a_server("-s", 0) as server:
            port = urlsplit(address_of(server)).port
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port), timeout=30)

    def test_how_calls_go_wrong(self) -> None:
        for option, answer in (
            ("--error-rate=1", (500, None, b"failed\n")),
            ("--silent-rate=1", (200, None, b"served 4/1\n")),
            ("--api-outage=0,1000s", (500, None, b"failed\n")),
        ):
            with self.subTest(option), a_server("-s", 0, option) as server:
                self.assertEqual(ask(address_of(server), "/call/3?attempt=1"), answer)

    def test_whom_it_turns_away_it_tells_when_to_come_back(self) -> None:
        """In whole seconds, and never too early."""
        for more, told in (((), None), (("--retry-after", "2s"), "2"),
                           (("--retry-after", "1001ms"), "2")):  # fmt: skip
            limit = ("-s", 0, "--api-rate", "0.0001/s", *more)
            with self.subTest(more), a_server(*limit) as server:
                url = address_of(server)
                self.assertEqual(ask(url, "/call/0?attempt=1")[:2], (200, None))
                self.assertEqual(ask(url, "/call/1?attempt=1")[:2], (429, told))
                accounts = accounts_of(server)
                self.assertEqual(accounts["replies"]["rejected"], 1)

    def test_accounts_that_are_lost_are_not_success(self) -> None:
        with a_server("--json", "/dev/full") as server:
            address_of(server)
            server.terminate()
            ending = finish(server)
            self.assertEqual(ending.status, 1)
            self.assertIn("No space left", ending.err)

    def test_it_does_not_serve_where_nobody_knows(self) -> None:
        full = ("sh", "-c", 'exec "$@" >/dev/full', "sh")
        ending = run("api-server", "--json", "/dev/null", wrap=full)
        self.assertEqual((ending.status, ending.err.count("\n")), (1, 1), ending)
        self.assertIn("cannot write its address: No space left", ending.err)

    @plain_build
    def test_few_descriptors_are_refused_or_do(self) -> None:
        for most in (4, 5, 30):
            with self.subTest(most):
                wrap = ("prlimit", f"--nofile={most}:{most}")
                if most < 10:
                    said = refusal("api-server", status=3, wrap=wrap)
                    self.assertEqual(said, "api-server: cannot run: Too many open files\n")
                    continue
                with a_server("-s", 0, wrap=wrap) as server:
                    self.assertEqual(ask(address_of(server), "/call/0?attempt=1")[0], 200)

    @plain_build
    def test_want_of_memory_breaks_one_call_at_most(self) -> None:
        """Each block of memory is refused once, for every k until none is."""
        mark = Path(self.enterContext(tempfile.TemporaryDirectory())) / "failed"
        for at in itertools.count(1):
            mark.unlink(missing_ok=True)
            env, served = failing("malloc", at, FAIL_MARK=mark), []
            with self.subTest(at), a_server("-s", 0, env=env) as server:
                url = address_of(server)
                for index in range(2 * bool(url)):
                    with contextlib.suppress(ConnectionError):
                        served.append(ask(url, f"/call/{index}?attempt=1")[0])
                server.terminate()
                ending = finish(server)
                self.assertIn(served, ([200], [200, 200]) if url else ([],))
                self.assertEqual(ending.status, 0 if url and ending.out else 3, ending)
                self.assertEqual(ending.err.count("\n"), ending.status == 3, ending)
            if not mark.exists():
                break
        self.assertGreater(at, 20)

    def test_it_goes_on_after_it_has_been_stopped(self) -> None:
        """Whoever waits in the kernel is interrupted by that."""
        with a_server("-s", 0) as server:
            url = address_of(server)
            for _ in range(3):
                server.send_signal(signal.SIGSTOP)
                os.waitid(os.P_PID, server.pid, os.WSTOPPED)
                server.send_signal(signal.SIGCONT)
                self.assertEqual(ask(url, "/call/0?attempt=1")[0], 200)
            self.assertEqual(accounts_of(server)["calls"], 3)

    def test_a_second_signal_ends_it_though_a_call_hangs(self) -> None:
        with a_server("-n", 5, "--hang-rate", 1, "--hang-time", "1000s") as server:
            url = urlsplit(address_of(server))
            with socket.create_connection((url.hostname, url.port), 30) as line:
                line.sendall(b"GET /call/0?attempt=1 HTTP/1.0\r\n\r\n")
                line.shutdown(socket.SHUT_WR)
                wait_until_quiet(server, threads=4)  # one of them serves the call
                server.send_signal(signal.SIGTERM)
                stop_again(server, signal.SIGINT)
            self.assertEqual(server.returncode, 128 + signal.SIGINT)

    def test_who_has_only_said_all_is_answered(self) -> None:
        """Both who closes and who ends its own half send a FIN; only one has gone."""
        with a_server("-n", 5, "-s", "100ms") as server:
            url = urlsplit(address_of(server))
            for index in range(5):
                with socket.create_connection((url.hostname, url.port), 30) as line:
                    line.sendall(b"GET /call/%d?attempt=1 HTTP/1.0\r\n\r\n" % index)
                    line.shutdown(socket.SHUT_WR)
                    answer = b"".join(iter(lambda: line.recv(4096), b""))
                self.assertTrue(answer.endswith(b"served %d/1\n" % index), answer)
            accounts = accounts_of(server)
        self.assertEqual((accounts["replies"]["ok"], accounts["replies"]["hung_up"]),
                         (5, 0))  # fmt: skip

    def test_who_waits_and_who_goes_is_accounted_for(self) -> None:
        """One is served and one waits; whoever comes then is turned away."""
        queue = ("-n", 5, "-s", "1000s", "--api-capacity", 1, "--api-queue", 1)
        with a_server(*queue) as server, contextlib.ExitStack() as lines:
            place = urlsplit(address_of(server)).netloc
            turned_away = False
            while not turned_away:
                line = http.client.HTTPConnection(place, timeout=0.5)
                lines.callback(line.close)
                line.request("GET", "/call/2?attempt=1")
                with contextlib.suppress(TimeoutError):  # it has found a place
                    turned_away = line.getresponse().status == 429
            lines.close()
            accounts = accounts_of(server)
        api, peak, replies = accounts["api"], accounts["peak"], accounts["replies"]
        self.assertEqual((replies["hung_up"], replies["ok"]), (2, 0))
        self.assertEqual((api["abandoned"], api["waited"]), (2, 1))
        self.assertGreater(api["service_ns"], 0)
        self.assertEqual(api["wasted_ns"], api["service_ns"])
        self.assertEqual((peak["served"], peak["waiting"]), (1, 1))
        self.assertGreaterEqual(peak["in_flight"], 3)
