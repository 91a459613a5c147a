"""Machines to try bench/fleet on: each is an ssh server of ours on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from collections.abc import Mapping
from pathlib import Path

from ..waiting import LIMIT_S, wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
STAND_IN = Path(__file__).with_name("stand_in")
PRIVILEGE_SEPARATION = Path("/run/sshd")  # without it root's sshd does not start
# A home of its own, as bash reads ~/.bashrc for ssh, too, and what that does to PATH is
# nothing that a test should depend on; pyenv's part of one takes over a second.
SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey "{keys}/host"
AuthorizedKeysFile "{keys}/user.pub"
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
SetEnv "MACHINE={folder}" "TMPDIR={folder}/tmp" "HOME={folder}"
"""
SSH = """\
Host {host}
  HostName 127.0.0.1
  Port {port}
  IdentityFile "{keys}/user"
  IdentitiesOnly yes
  HostKeyAlias lab
  UserKnownHostsFile "{keys}/known"
"""


def which(tool: str) -> str | None:
    """Where a tool is; servers are in folders that are not in every user's PATH."""
    return shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Machine:
    """What a machine's runs see as theirs: what to do, and what they did."""

    def __init__(self, folder: Path, does: str) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.does(does)

    def does(self, what: str) -> None:
        """What bench/run will do there."""
        (self.folder / "does").write_text(what)

    @property
    def events(self) -> list[str]:
        path = self.folder / "events"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def began(self) -> int:
        return sum(line.startswith("began") for line in self.events)

    def pid(self) -> int:
        """Of the run that hangs there, once it does."""
        path = self.folder / "pid"
        return int(wait_for(lambda: path.exists() and path.read_text(), "a run"))


class FleetTest(unittest.TestCase):
    """A test with a checkout in which bench/run is a stand-in, and a folder to fill."""

    tools: Mapping[str, str] = {}  # and the packages that bring them

    def setUp(self) -> None:
        for tool, package in self.tools.items():
            if which(tool) is None:
                self.skipTest(f"{tool} is missing: apt-get install {package}")
        self.folder = Path(tempfile.mkdtemp(prefix="five-cooks-fleet-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.out = self.folder / "what comes"
        self.top = self.folder / "it's a checkout"
        shutil.copytree(REPOSITORY / "bench/fleet", self.top / "bench/fleet")
        shutil.copy(STAND_IN, self.top / "bench/run")

    def start_server(self, name: str, *command: object, up: bytes) -> None:
        """Starts a server and waits until it writes `up`; it ends with the test."""
        path = self.folder / f"{name}.log"
        log = open(path, "wb")
        self.addCleanup(log.close)
        server = subprocess.Popen(
            [*map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        wait_for(
            lambda: server.poll() is not None or up in path.read_bytes(),
            f"the server {name}",
        )
        if server.poll() is not None:
            self.skipTest(f"{name} does not start: {path.read_text()[-300:]}")

    def arrived(self) -> list[str]:
        return sorted(path.name for path in (self.out / "machines").iterdir())



class SshTest(FleetTest):
    """With machines that are ssh servers."""

    tools = {"parallel": "parallel", "sshd": "openssh-server"}

    def setUp(self) -> None:
        super().setUp()
        if os.geteuid() == 0:  # and it stays, as the servers of a run beside this need it
            PRIVILEGE_SEPARATION.mkdir(0o755, exist_ok=True)
        self.keys = self.folder / "keys"
        self.keys.mkdir()
        for name in ("host", "user"):
            make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"]
            subprocess.run([*make, self.keys / name], check=True)
        (self.keys / "known").write_text("lab " + (self.keys / "host.pub").read_text())
        (self.keys / "config").touch()
        # ssh finds a user's configuration by the user's number, whatever HOME is.
        commands = self.folder / "bin"
        commands.mkdir()
        script = f'#!/bin/sh\nexec {which("ssh")} -F "{self.keys}/config" "$@"\n'
        (commands / "ssh").write_text(script)
        (commands / "ssh").chmod(0o755)
        self.path = f"{commands}:{os.environ['PATH']}"

    def start_machine(
        self, host: str, does: str = "measure", more: str = ""
    ) -> Machine:
        """more: lines for the configuration of its server; they go first, and count."""
        machine = Machine(self.folder / host, does)
        (machine.folder / "tmp").mkdir()
        # What runs there may outlive what started it, and removes its folder last.
        left = (machine.folder / "tmp").glob
        self.addCleanup(wait_for, lambda: not any(left("*")), f"{host} to clear up")
        places = {"host": host, "port": free_port(), "keys": self.keys}
        settings = more + SSHD.format(folder=machine.folder, **places)
        (machine.folder / "sshd").write_text(settings)
        with open(self.keys / "config", "a") as config:
            config.write(SSH.format(**places))
        sshd = [which("sshd"), "-D", "-e", "-f", machine.folder / "sshd"]
        self.start_server(host, *sshd, up=b"listening")
        return machine

    def write_hosts(self, *lines: str) -> Path:
        path = self.folder / "the hosts"
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def start_fleet(self, *words: object, **changes: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [self.top / "bench/fleet/ssh", "--out", self.out, *map(str, words)],
            cwd="/", env={**os.environ, "PATH": self.path, **changes},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True, preexec_fn=hear_signals,
        )  # fmt: skip
        self.addCleanup(end, process)
        return process

    def fleet(self, *words: object, **changes: str) -> tuple[int, str, str]:
        """bench/fleet/ssh, run to its end: (status, stdout, stderr)."""
        process = self.start_fleet(*words, **changes)
        out, err = process.communicate(timeout=LIMIT_S)
        return process.returncode, out, err


def end(process: subprocess.Popen[str]) -> None:
    """Nothing of a test that failed goes on running, if it still hears a signal."""
    process.terminate()
    try:
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def hear_signals() -> None:
    """In the background a shell has its children ignore what a test sends."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
