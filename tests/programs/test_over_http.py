"""bench/over-http: what program, API and nginx count must agree, and all must end."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from ..waiting import is_gone
from .program import BUILD, LIMIT_S, long_enough, only, plain_build, until
from .test_remote import SERVER

OVER_HTTP = Path(__file__).resolve().parents[2] / "bench" / "over-http"
NGINX = shutil.which("nginx")
CALLS = ("--tasks=200", "--service-time=1ms")
# Options of two hundred calls through nginx; what of their outcomes must hold.
THROUGH_NGINX = {
    "a pool within the limit loses nothing": (
        "worker-pool", ["--workers=5", "--api-capacity=5"],
        lambda found: found == only(ok=200),
    ),
    "limit_conn turns away": (
        "worker-pool", ["--workers=20", "--service-time=50ms", "--api-capacity=5"],
        lambda found: found["ok"] >= 5 and found["rejected"] > 0,
    ),
    "limit_req turns away what is more than the burst": (
        "thread-per-task", ["--api-rate=1/s", "--api-burst=5"],
        lambda found: 5 <= found["ok"] < 200 and found["rejected"] > 0,
    ),
    "limit_req without a burst": (
        "worker-pool", ["--api-rate=1", "--api-queue=0"],
        lambda found: 1 <= found["ok"] < 200 and found["rejected"] > 0,
    ),
    "fates come through": (
        "worker-pool", ["--error-rate=0.1", "--silent-rate=0.1", "--api-capacity=5"],
        lambda found: found["failed"] > 5 and found["silent"] > 5
        and found["failed"] + found["silent"] + found["ok"] == 200,
    ),
    "retries are counted": (
        "worker-pool", ["--error-rate=0.3", "--attempts=3", "--backoff=1ms"],
        lambda found: found["ok"] > 150,
    ),
    "who gives up is gone": (
        "thread-per-task", ["--service-time=1000s", "--timeout=300ms"],
        lambda found: found == only(timed_out=200),
    ),
}  # fmt: skip
# What goes wrong with nginx itself: a shell script in its place; the exit status of
# over-http, and what it says.
NGINX_FAULTS = {
    "exit 1": (3, "over-http: nginx does not run"),
    "echo '[emerg] no room' >&2; exit 1": (3, "nginx does not run: [emerg] no room"),
    'echo "429 REJECTED -" >>"$2/calls"; exec "$NGINX_THERE" "$@"':
        (1, "accounts differ: calls: 200 on this side of the API, 201 behind it"),
    'echo "200 PASSED -" >>"$2/calls"; exec "$NGINX_THERE" "$@"':
        (1, "accounts differ: calls that nginx let pass: 201"),
}  # fmt: skip


# Of what there is too little: in which surroundings, whom that breaks, and how it is
# told: why calls broke, the limit in the record, what stderr says.
FEW_FILES = ("sh", "-c", 'ulimit -n 256; exec "$@"', "sh")
FEW_PORTS = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && echo "40000 40019" '
             '>/proc/sys/net/ipv4/ip_local_port_range && exec "$@"', "sh")  # fmt: skip
NO_FILE = r"for want of a descriptor \(ulimit -n is 256\)"
NO_PORT = "for want of a free port"
SHORT = {
    "descriptors of threads":
        ("thread-per-task", FEW_FILES, "descriptors", 256, NO_FILE),
    "descriptors of a pool": ("worker-pool", FEW_FILES, "descriptors", 256, NO_FILE),
    "ports of threads": ("thread-per-task", FEW_PORTS, "ports", None, NO_PORT),
    "ports of a pool": ("worker-pool", FEW_PORTS, "ports", None, NO_PORT),
}  # fmt: skip


def ended(command: list[object]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)


@unittest.skipUnless(SERVER.exists(), "built without libmicrohttpd")
class Accounts(unittest.TestCase):
    def test_accounts_that_differ_make_a_run_void(self) -> None:
        options = ("--tasks", "20", "-s", "1ms")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("api-server", "worker-pool"):
                (Path(folder) / name).symlink_to(BUILD / "src" / name)
            record = Path(folder) / "record"
            liar = Path(folder) / "a-liar"
            lie = "s/.calls.: 20,/\"calls\": 21,/"
            liar.write_text(f"#!/bin/sh\n{folder}/worker-pool \"$@\"\n"
                            f"sed -i '{lie}' {record}\n")  # fmt: skip
            liar.chmod(0o755)
            for program, status in (("worker-pool", 0), ("a-liar", 1)):
                with self.subTest(program):
                    done = ended([OVER_HTTP, Path(folder) / program, *options,
                                  f"--json={record}"])  # fmt: skip
                    self.assertEqual(done.returncode, status, done.stderr)
                    told = "accounts differ: calls" in done.stderr
                    self.assertEqual(told, status == 1)
                    calls = json.loads(record.read_text())["calls"]
                    self.assertEqual(calls, 20 + status)

    def test_a_call_that_was_given_up_may_not_have_come_and_a_retry_hides_it(self) -> None:
        """Every task ends well, and progress goes to the caller's own descriptor."""
        options = ("-n", "300", "-w", "50", "-s", "50ms", "--distribution=exponential",
                   "--timeout=80ms", "--attempts=1000", "--backoff=0")  # fmt: skip
        with tempfile.TemporaryDirectory() as folder, open(f"{folder}/told", "w+") as told:
            done = subprocess.run(
                [OVER_HTTP, BUILD / "src/worker-pool", *options, f"--json={folder}/record",
                 f"--progress={told.fileno()}"], pass_fds=[told.fileno()],
                capture_output=True, text=True, timeout=LIMIT_S,
            )  # fmt: skip
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            record = json.loads(Path(folder, "record").read_text())
            self.assertEqual(record["outcomes"], only(ok=300))
            self.assertGreater(record["api"]["abandoned"], 0)
            self.assertIn('"last": true', Path(told.name).read_text())

    def test_the_server_is_given_each_option_in_whatever_form(self) -> None:
        forms = (("-n20", "-s5ms"), ("-n", "20", "-s", "5ms"), ("--task=20", "--serv=5ms"),
                 ("--task", "20", "--serv", "5ms", "--api-keeps"))  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            record = Path(folder) / "record"
            for options in forms:
                with self.subTest(options):
                    done = ended([OVER_HTTP, BUILD / "src" / "worker-pool", *options,
                                  "-j", record])  # fmt: skip
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    found = json.loads(record.read_text())
                    self.assertEqual(found["outcomes"], only(ok=20))
                    self.assertGreaterEqual(found["latency_ns"]["min"], 5_000_000)

    def test_mistakes_are_told_in_one_line(self) -> None:
        there = BUILD / "src" / "worker-pool"
        for words, status in (
            (["/etc/passwd"], 2), ([there, "--tasks=many"], 2), ([there, "tasks", "5"], 2),
            ([there, "--bogus"], 2), ([there, "--t"], 2), ([there, "--tasks"], 2),
            ([there, "--json", "--tasks=5"], 2), ([there, "--api-url=http://127.0.0.1:1"], 2),
            ([there, "-n5", "--json=/dev/null"], 0),
        ):  # fmt: skip
            with self.subTest(words):
                done = ended([OVER_HTTP, *words])
                self.assertEqual((done.returncode, done.stdout), (status, ""), done)
                self.assertEqual(done.stderr.count("\n"), int(status > 0), done.stderr)

    def test_a_server_that_ends_early_makes_a_run_void(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            server = Path(folder) / "api-server"
            server.write_text("#!/bin/sh\necho http://127.0.0.1:1\n")
            server.chmod(0o755)
            (Path(folder) / "worker-pool").symlink_to(BUILD / "src" / "worker-pool")
            for kept in ("-", f"{folder}/record"):
                done = ended([OVER_HTTP, Path(folder) / "worker-pool", "--tasks=5",
                              f"--json={kept}"])  # fmt: skip
                self.assertEqual(done.returncode, 1)
                self.assertIn("over-http: api-server ended early", done.stderr)
                self.assertNotIn("Traceback", done.stderr)

    def test_ctrl_c_at_a_terminal_lets_calls_end_that_have_begun(self) -> None:
        for more in ([], ["--nginx"]) if NGINX else ([],):
            with self.subTest(more), tempfile.TemporaryDirectory() as folder:
                made = subprocess.Popen(
                    [OVER_HTTP, *more, BUILD / "src" / "worker-pool", "--tasks=1000",
                     "--service-time=1s", f"--json={folder}/record"],
                    start_new_session=True, stderr=subprocess.PIPE, text=True,
                )  # fmt: skip
                until(lambda m=made, n=2 + len(more): len(children_of(m.pid)) == n,
                      "it did not start")  # fmt: skip
                program = children_of(made.pid)[-1]
                until(lambda p=program: len(list(Path(f"/proc/{p}/fd").glob("*"))) > 9,
                      "it did not call")  # fmt: skip
                os.killpg(made.pid, signal.SIGINT)
                _, said = made.communicate(timeout=LIMIT_S)
                self.assertEqual((made.returncode, said), (130, ""))
                found = json.loads(Path(folder, "record").read_text())["outcomes"]
                self.assertGreater(found["ok"], 0)
                self.assertEqual(found["ok"] + found["cancelled"], 1000)

    def test_questions_need_no_server(self) -> None:
        for question in ("--help", "-h", "--version", "--vers"):
            program = BUILD / "src" / "worker-pool"
            done, plain = ended([OVER_HTTP, program, question]), ended([program, question])
            self.assertEqual((done.returncode, done.stdout), (0, plain.stdout), question)

    @plain_build
    def test_what_there_is_too_little_of_is_named(self) -> None:
        for name, (program, wrap, why, limit, told) in SHORT.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                if subprocess.run([*wrap, "true"], capture_output=True).returncode:
                    self.skipTest("no network of our own is allowed here")
                most = "--workers=300" if program == "worker-pool" else "--join"
                command = [*wrap, OVER_HTTP, BUILD / "src" / program, most]
                command += ["--tasks=500", f"--json={folder}/record", "--service-time"]

                def call_for(took: str) -> tuple[str, dict]:
                    done = ended([*command, took])
                    self.assertEqual(done.returncode, 0, done)
                    return done.stderr, json.loads(Path(folder, "record").read_text())

                said, record = long_enough(call_for, lambda it: it[1]["outcomes"]["failed"])
                outcomes, remote = record["outcomes"], record["remote"]
                self.assertEqual(outcomes["ok"] + outcomes["failed"], 500)
                self.assertEqual(remote["broken"][why], outcomes["failed"])
                self.assertGreater(min(outcomes["ok"], outcomes["failed"]), 0)
                self.assertEqual(remote["descriptor_limit"], limit)
                self.assertLessEqual(remote["descriptors"], limit or 10_000)
                self.assertRegex(said, told)


@unittest.skipUnless(SERVER.exists(), "built without libmicrohttpd")
@unittest.skipIf(NGINX is None, "nginx is not installed")
class Nginx(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.rest = self.folder / "rest"  # where nginx has its own folder
        self.rest.mkdir()

    def start(self, program: str, *options: str, **changed: str) -> subprocess.Popen:
        command = [OVER_HTTP, "--nginx", BUILD / "src" / program, *options]
        env = os.environ | {"TMPDIR": str(self.rest), "NGINX_THERE": str(NGINX)}
        made = subprocess.Popen(
            [*map(str, command), f"--json={self.folder}/record"], env=env | changed,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self.addCleanup(end_group, made.pid)
        return made

    def test_every_call_is_accounted_for(self) -> None:
        for name, (program, options, holds) in THROUGH_NGINX.items():
            with self.subTest(name):
                made = self.start(program, *CALLS, *options)
                _, said = made.communicate(timeout=LIMIT_S)
                self.assertEqual((made.returncode, said), (0, ""))
                record = json.loads((self.folder / "record").read_text())
                self.assertTrue(holds(record["outcomes"]), record["outcomes"])
                self.assertEqual(list(self.rest.iterdir()), [])

    def test_what_is_wrong_with_nginx_is_told(self) -> None:
        place = self.folder / "nginx"
        for script, (status, told) in NGINX_FAULTS.items():
            with self.subTest(script):
                place.write_text(f"#!/bin/sh\n{script}\n")
                place.chmod(0o755)
                path = f"{self.folder}:{os.environ['PATH']}"
                made = self.start("worker-pool", *CALLS, "--workers=20", PATH=path)
                _, said = made.communicate(timeout=LIMIT_S)
                self.assertEqual((made.returncode, said.count("\n")), (status, 1), said)
                self.assertIn(told, said)

    def test_what_it_cannot_do_is_refused(self) -> None:
        for option in ("--api-rate=0.5/s", "--api-rate=100/min", "--api-queue=5",
                       "--api-burst=few", "--api-capacity=5;", "--api-capacity=0"):
            with self.subTest(option):
                made = self.start("worker-pool", option)
                _, said = made.communicate(timeout=LIMIT_S)
                self.assertEqual((made.returncode, said.count("\n")), (2, 1), said)
                self.assertIn(option, said)

    def test_it_ends_with_whoever_started_it(self) -> None:
        """What one that is killed must leave in its place the next one removes."""
        for number, to_all, status in (
            (signal.SIGKILL, False, -9), (signal.SIGKILL, True, -9),
            (signal.SIGINT, True, 130), (signal.SIGTERM, True, 143),
            (signal.SIGTERM, False, 143),
        ):  # fmt: skip
            with self.subTest(number, to_all=to_all):
                made = self.start("worker-pool", "--service-time=1000s", "--cancel=within")
                until(lambda m=made: len(children_of(m.pid)) == 3, "it did not start")
                server, nginx, program = children_of(made.pid)
                (worker,) = children_of(nginx)
                (os.killpg if to_all else os.kill)(made.pid, number)
                made.communicate(timeout=LIMIT_S)
                self.assertEqual(made.returncode, status)
                for pid in (server, nginx, worker, program):
                    until(lambda p=pid: is_gone(p), f"{pid} stayed")
                if number != signal.SIGKILL:
                    self.assertEqual(list(self.rest.iterdir()), [])

    def test_told_again_it_does_not_wait_for_calls(self) -> None:
        for number, status in (signal.SIGTERM, 143), (signal.SIGINT, 130):
            with self.subTest(number):
                made = self.start("worker-pool", "--service-time=1000s")
                until(lambda m=made: len(children_of(m.pid)) == 3, "it did not start")
                family = children_of(made.pid)
                tasks = Path(f"/proc/{family[-1]}/task")
                until(lambda t=tasks: len(list(t.iterdir())) > 1, "it makes no calls")

                def ended(made=made, number=number) -> bool:
                    made.send_signal(number)
                    return made.poll() is not None

                until(ended, "it did not hear")
                made.communicate(timeout=LIMIT_S)
                self.assertEqual(made.returncode, status)
                for pid in family:
                    until(lambda p=pid: is_gone(p), f"{pid} stayed")
                self.assertEqual(list(self.rest.iterdir()), [])


def end_group(pid: int) -> None:
    """What a test that failed has left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def children_of(pid: int | str) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
