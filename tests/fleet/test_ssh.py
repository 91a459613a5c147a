"""Many machines over ssh: what comes back, and what one of them costs the others."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from pathlib import Path

from ..waiting import LIMIT_S, is_gone, wait_for
from .support import SshTest, which


class Outcomes(SshTest):
    def test_every_machine_is_drawn_or_missing_with_its_reason(self):
        hosts = []
        for host, does in (("a", "measure"), ("b", "few"), ("c", "fail"),
                           ("d", "refuse")):  # fmt: skip
            self.start_machine(host, does)
            hosts.append(f"{host}  desk  {host}'s \t# a comment")
        self.start_machine("e", more="AuthorizedKeysFile none\n")
        noise = 'ForceCommand echo hello; eval "$SSH_ORIGINAL_COMMAND"\n'
        self.start_machine("f", more=noise)
        status, out, err = self.fleet(self.write_hosts("# ours", "", *hosts, "e", "f"))
        self.assertEqual(status, 1, err)
        self.assertEqual(self.arrived(), ["desk a's", "desk b's"])
        for line in (
            f"collects {self.out}/machines/desk a's",
            f"collects {self.out}/machines/desk b's",
            "machine 1 is 'desk a's'",
            "machine 2 is 'desk b's': too few runs for an interval",
            "missing is 'desk d's': failed: please type: sudo apt-get install meson",
            "2 of 6 machines measured, 1 of them with too few runs; "
            "3 failed, 1 unreachable",
        ):
            self.assertIn(line, out.splitlines())
        self.assertRegex(out, "missing is 'desk c's': failed: a check or a chart")
        self.assertRegex(out, r"missing is '5': unreachable: .*Permission denied")
        self.assertRegex(out, r"missing is '6': failed: .* print something.*gzip")
        # Nothing that was measured is lost, and nothing stays on the machines.
        kept = list((self.out / "failed").glob("desk c's-*/summary.csv"))
        self.assertEqual(len(kept), 1)
        for host in "abcdef":
            self.assertEqual(os.listdir(self.folder / host / "tmp"), [])

    def test_the_same_line_again_asks_those_that_are_missing(self):
        good, bad = self.start_machine("good"), self.start_machine("bad", "refuse")
        hosts = self.write_hosts("good", "bad")
        self.assertEqual(self.fleet(hosts)[0], 1)
        bad.does("measure")
        status, out, err = self.fleet(hosts)
        self.assertEqual((status, good.began, bad.began), (0, 1, 2), out + err)
        self.assertIn("2 of 2 machines measured, 0 of them with too few runs; 0 f", out)
        status, out, err = self.fleet(hosts)
        self.assertEqual((status, good.began, bad.began), (0, 1, 2), out + err)
        self.assertIn("all are in", err)

    def test_the_words_after_the_list_are_for_bench_run(self):
        machine = self.start_machine("a")
        hosts = self.write_hosts("a")
        self.assertEqual(self.fleet(hosts, "two words", "it's", "$HOME", "--x")[0], 0)
        self.assertIn("began two words it's $HOME --x --out ", machine.events[0])

    def test_without_words_the_run_is_quick(self):
        machine = self.start_machine("a")
        self.assertEqual(self.fleet(self.write_hosts("a"))[0], 0)
        self.assertIn("began --quick --out ", machine.events[0])

    def test_a_checkout_that_is_there_is_used(self):
        machine = self.start_machine("a")
        there = self.folder / "there it's"
        shutil.copytree(self.top, there)
        (self.top / "bench/fleet/pack").unlink()  # nothing is sent
        status, _, err = self.fleet("--checkout", there, self.write_hosts("a"))
        self.assertEqual((status, machine.began), (0, 1), err)
        self.assertEqual(self.arrived(), ["1"])

    def test_one_machine_under_two_names_runs_one_at_a_time(self):
        first, second = self.start_machine("a"), self.start_machine("b")
        for name in ("events", "tmp"):
            path = second.folder / name
            shutil.rmtree(path, ignore_errors=True)
            path.symlink_to(first.folder / name)
        self.assertEqual(self.fleet(self.write_hosts("a", "b"))[0], 0)
        order = [line.split()[0] for line in first.events]
        self.assertEqual(order, ["began", "ended"] * 2)


class Trouble(SshTest):
    """Machines that hang or go away, and a person who has seen enough."""

    def test_a_run_that_hangs_is_ended_and_what_it_measured_is_kept(self):
        self.start_machine("good")
        hanging = self.start_machine("hangs", "hang")
        status, out, err = self.fleet("--limit", 10, self.write_hosts("good", "hangs"))
        self.assertEqual(status, 1, err)
        self.assertRegex(out, r"missing is '2': failed: did not end in time: .* 10 s")
        self.assertTrue(is_gone(hanging.pid()))
        self.assertEqual(self.arrived(), ["1"])
        self.assertEqual(len(list((self.out / "failed").glob("2-*/summary.csv"))), 1)

    def test_a_machine_that_never_answers_is_unreachable(self):
        self.start_machine("good")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            hosts = self.write_hosts("good", f"127.0.0.1:{port}")
            status, out, err = self.fleet(hosts)
        self.assertEqual(status, 1, err)
        self.assertRegex(out, r"missing is '2': unreachable: .*timed out")
        self.assertEqual(self.arrived(), ["1"])

    def test_a_connection_that_is_cut_ends_the_run_there(self):
        self.start_machine("good")
        cut = self.start_machine("cut", "hang")
        process = self.start_fleet(self.write_hosts("good", "cut"))
        pid = cut.pid()
        os.kill(session_of(pid), signal.SIGKILL)
        out, err = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 1, err)
        self.assertRegex(out, "missing is '2': unreachable: .*closed")
        self.assertEqual(self.arrived(), ["1"])
        wait_for(lambda: is_gone(pid), "the end of the run")
        wait_for(lambda: not os.listdir(cut.folder / "tmp"), "an empty folder")

    def test_a_signal_keeps_what_has_arrived_and_ends_the_others(self):
        self.start_machine("good")
        hanging = self.start_machine("hangs", "hang")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number.name):
                shutil.rmtree(self.out, ignore_errors=True)
                (hanging.folder / "pid").unlink(missing_ok=True)
                process = self.start_fleet(self.write_hosts("good", "hangs"))
                pid = hanging.pid()
                wait_for((self.out / "machines/1").exists, "the results of the other")
                process.send_signal(number)
                out, err = process.communicate(timeout=LIMIT_S)
                self.assertEqual(process.returncode, 128 + number, err)
                self.assertIn("the same line asks the rest", err)
                self.assertEqual(self.arrived(), ["1"])
                wait_for(lambda: is_gone(pid), "the end of the run")
                there = hanging.folder / "tmp"
                wait_for(lambda: not os.listdir(there), "an empty folder")


def session_of(pid: int) -> int:
    """The process of the ssh server that a run on a machine descends from."""
    while not (name := Path(f"/proc/{pid}/comm").read_text()).startswith("sshd"):
        assert pid > 1, name
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return pid


class Mistakes(SshTest):
    """One line on stderr that names the value, and nobody is asked."""

    def refused(self, status: int, words: str, *arguments: object, **changes: str):
        told = self.fleet(*arguments, **changes)
        self.assertEqual((told[0], told[1], told[2].count("\n")), (status, "", 1), told)
        self.assertIn(words, told[2])

    def test_the_command_line(self):
        for words, arguments in (
            ("required: HOSTS (see --help)", []),
            ("cannot read the list of machines", ["/no/such/file"]),
            ("cannot read the list of machines", ["/"]),
            ("'0' is not 1 to 86400 seconds", ["--limit", "0", "x"]),
            ("'1e3' is not 1 to 86400 seconds", ["--limit", "1e3", "x"]),
            ("--nonsense", ["--nonsense", "x"]),
            ("--full runs many experiments", ["x", "--full", "--blocks", "1"]),
        ):
            with self.subTest(arguments=arguments):
                self.refused(2, words, *arguments)

    def test_the_list_of_machines(self):
        for words, lines in (
            ("names no machine", ["# nobody", "", "  "]),
            ("line 2: machine 'x', host b: one is there twice", ["a x", "b x"]),
            ("line 3: machine '2', host a: one is there twice", ["", "a x", "a"]),
            ("line 2: machine '2', host b: one is there twice", ["a 2", "b"]),
            ("line 1: '../x' cannot be the name of a folder", ["a ../x"]),
            ("cannot be the name of a folder", ["a " + "ä" * 101]),
            ("line 1: '.x' cannot be the name of a folder", ["a .x"]),
            ("line 1: '-x' cannot be the name of a folder", ["a -x"]),
            ("line 1: '\x1b[2J' cannot be", ["a \x1b[2J"]),
        ):
            with self.subTest(lines=lines):
                self.refused(2, words, self.write_hosts(*lines))
        (self.folder / "latin").write_bytes(b"a caf\xe9\n")
        self.refused(2, "is not text in UTF-8", self.folder / "latin")

    def test_a_number_that_would_be_another_machine_is_refused(self):
        for host in ("a", "c"):
            self.start_machine(host)
        self.assertEqual(self.fleet(self.write_hosts("a"))[0], 0)
        self.assertEqual(self.fleet(self.write_hosts("c  desk 2"))[0], 0)
        with open(self.out / "hosts", "a", encoding="utf-8") as known:
            known.write("cut off by a full disk")
        words = f"'1' in {self.out} is a, and in the list b: give machines names"
        self.refused(2, words, self.write_hosts("b", "a"))

    def test_the_place_and_the_tools(self):
        hosts = self.write_hosts("a")
        only_python = self.folder / "python"
        only_python.mkdir()
        (only_python / "python3").symlink_to(sys.executable)
        for tool in ("sh", "env"):
            (only_python / tool).symlink_to(which(tool))
        install = "please type: sudo apt-get install parallel"
        self.refused(3, install, hosts, PATH=str(only_python))
        (only_python / "parallel").write_text("#!/bin/sh\necho moreutils\n")
        (only_python / "parallel").chmod(0o755)
        self.refused(3, install, hosts, PATH=str(only_python))
        self.out.touch()
        self.refused(3, "name another --out", hosts)

    def test_two_at_once_do_not_write_in_one_folder(self):
        hanging = self.start_machine("hangs", "hang")
        hosts = self.write_hosts("hangs")
        first = self.start_fleet(hosts)
        hanging.pid()
        self.refused(3, "another fleet writes in", hosts)
        first.terminate()
        first.communicate(timeout=LIMIT_S)
