"""The real bench/run on two machines, and on one that lacks a tool."""

from __future__ import annotations

import getpass
import json
import os
import re
from pathlib import Path

from .support import REPOSITORY, SshTest

NEEDED = ("gcc", "meson", "ninja", "hyperfine", "gnuplot", "pkg-config")
# Root can give a run a host name of its own, which no other word in the results is.
NODE = "node-name-of-ours"
# The least that bench/run can do; what is asked of it does not matter here.
EXPERIMENT = """\
question = "Does it travel?"
charts = ["outcomes"]

[options]
tasks = 50
service-time = "1ms"

[[cells]]
design = "threads"

[[cells]]
design = "pool of 5"
"""
# Without cmocka, Google Benchmark and Go only the programs are built, as on a student's.
# How fast they are does not matter here.
AS_A_STUDENTS = """\
ForceCommand exec %s 'export PKG_CONFIG_LIBDIR=/none GOROOT=/none CFLAGS=-O0 && \
eval "$SSH_ORIGINAL_COMMAND"'
"""
NAMED = f"unshare --uts sh -c 'hostname {NODE} && exec sh -c \"$0\"'"


class Real(SshTest):
    tools = {**SshTest.tools, **{tool: tool for tool in NEEDED}}

    def test_two_machines_are_drawn_and_nothing_names_them(self):
        experiment = self.folder / "travels.toml"
        experiment.write_text(EXPERIMENT)
        shell = NAMED if os.geteuid() == 0 else "sh -c"
        for host in ("teachers-host", "students-host"):
            self.start_machine(host, more=AS_A_STUDENTS % shell)
        lacking = self.path_without("meson", "apt-get", "sudo")
        self.start_machine("old-host", more=f'SetEnv "PATH={lacking}"\n')
        self.top = REPOSITORY
        hosts = self.write_hosts("teachers-host", "students-host  desk 2", "old-host")
        status, out, err = self.fleet(hosts, experiment, "--blocks", "6")
        self.assertEqual(self.arrived(), ["1", "desk 2"], out + err)
        self.assertEqual(status, 1)
        self.assertRegex(out, "missing is '3': failed: please install .*: meson")
        self.assertIn("2 of 3 machines measured, 0 of them with too few runs", out)
        charts = list(self.out.glob("*-class/charts/*.svg"))
        self.assertEqual(len(charts), 1)
        commits = set()
        for name in self.arrived():
            text = (self.out / "machines" / name / "environment.json").read_text()
            commits.add(json.loads(text)["commit"])
        self.assertEqual(len(commits), 1)
        self.names_nobody(*(self.out / "machines").iterdir(), charts[0].parent.parent)

    def path_without(self, *tools: str) -> Path:
        """A folder with every tool of this machine but these."""
        farm = self.folder / "farm"
        farm.mkdir()
        for folder in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"):
            for path in Path(folder).glob("*"):
                if path.name not in tools and not (farm / path.name).is_symlink():
                    (farm / path.name).symlink_to(path)
        return farm

    def names_nobody(self, *folders: Path) -> None:
        """No text in them holds a host, a user, or a folder of theirs."""
        hidden = ["teachers-host", "students-host", "127.0.0.1", str(self.folder),
                  NODE, str(Path.home()), getpass.getuser()]  # fmt: skip
        # CSS has a :root.
        words = (re.escape(word) for word in hidden if word != "root")
        pattern = re.compile("|".join(rf"(?<![\w-]){word}(?![\w-])" for word in words))
        for folder in folders:
            for path in folder.rglob("*"):
                if path.suffix in (".json", ".ndjson", ".csv", ".txt", ".html", ".svg"):
                    found = pattern.search(text := path.read_text(encoding="utf-8"))
                    about = found and text[max(0, found.start() - 200) : found.end() + 80]
                    self.assertIsNone(found, f"{path}: {about}")
