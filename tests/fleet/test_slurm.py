"""The array job, on a cluster of two nodes that are this machine."""

from __future__ import annotations

import getpass
import os
import re
import socket
import subprocess

from ..waiting import is_gone, wait_for
from .support import FleetTest, Machine, free_port, which

SLURM = """\
ClusterName=lab
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/none
CredType=cred/none
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/controller.pid
SlurmdSpoolDir={folder}/spool-%n
SlurmdPidFile={folder}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SlurmdParameters=config_overrides
KillWait=5
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2
PartitionName=all Nodes=n1,n2 Default=YES State=UP
"""


class Slurm(FleetTest):
    tools = {"slurmctld": "slurm-wlm", "slurmd": "slurm-wlm", "sbatch": "slurm-wlm"}

    def setUp(self) -> None:
        super().setUp()
        (self.top / "results").mkdir()
        settings = self.folder / "slurm.conf"
        settings.write_text(SLURM.format(
            host=socket.gethostname(), user=getpass.getuser(), folder=self.folder,
            ports=[free_port() for _ in range(3)],
        ))  # fmt: skip
        places = {"SLURM_CONF": str(settings), "MACHINE": str(self.folder)}
        self.environment = {**os.environ, **places}
        self.nodes = [Machine(self.folder / name, "measure") for name in ("n1", "n2")]
        (self.folder / "state").mkdir()
        controller = [which("slurmctld"), "-D", "-f", settings]
        self.start_server("slurmctld", *controller, up=b"Running as primary")
        for name in ("n1", "n2"):
            node = [which("slurmd"), "-D", "-N", name, "-f", settings]
            self.start_server(name, *node, up=b"slurmd started")
        wait_for(lambda: self.slurm("sinfo", "-h", "-o", "%t") == "idle\n", "the nodes")

    def slurm(self, *words: object) -> str:
        done = subprocess.run(
            [*map(str, words)], cwd=self.top, env=self.environment, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout

    def submit(self, *options: str) -> str:
        """The job's number."""
        job = self.slurm("sbatch", *options, "bench/fleet/slurm.sbatch", self.out)
        return re.findall(r"\d+", job)[0]

    def run_job(self, *options: str) -> str:
        """What its tasks said, once they have ended."""
        job = self.submit(*options)
        wait_for(lambda: not self.slurm("squeue", "-h", "-j", job), "the job's end")
        said = sorted((self.top / "results").glob(f"slurm-{job}_*.txt"))
        return "".join(path.read_text() for path in said)

    def collect(self) -> tuple[int, str]:
        done = subprocess.run(
            [self.top / "bench/fleet/collect", self.out], env=self.environment,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout

    def test_each_node_is_measured_once_and_the_same_line_takes_the_missing(self):
        one, two = self.nodes
        two.does("refuse")
        for folder in ("machines", "nodes"):
            (self.out / folder).mkdir(parents=True)
        (self.out / "nodes" / "n1").touch()  # as one whose disk was full leaves it
        said = self.run_job("--array=1-2")
        self.assertRegex(said, "(?m)measured$")
        self.assertIn("failed: please type: sudo apt-get install meson", said)
        self.assertEqual((one.began, two.began), (1, 1))
        status, told = self.collect()
        self.assertEqual(status, 1, told)
        self.assertIn("1 of 2 machines measured", told)
        two.does("measure")
        said = self.run_job("--array=1-4")
        self.assertEqual(said.count("this node has been measured, as"), 3, said)
        self.assertEqual((one.began, two.began), (1, 2))
        status, told = self.collect()
        self.assertEqual(status, 0, told)
        self.assertIn("2 of 2 machines measured", told)
        for name in self.arrived():
            self.assertRegex(name, r"^\d+-\d$")
            self.assertIn(f"collects {self.out}/machines/{name}\n", told)

    def test_a_job_that_is_cancelled_ends_its_runs(self):
        self.nodes[0].does("hang")
        job = self.submit("--array=1", "--nodelist=n1")
        pid = self.nodes[0].pid()
        self.slurm("scancel", job)
        wait_for(lambda: is_gone(pid), "the end of the run")
        wait_for(lambda: not self.slurm("squeue", "-h", "-j", job), "the job's end")
        status, told = self.collect()
        self.assertEqual(status, 1, told)
        self.assertRegex(told, f"missing is '{job}-1': failed: ")
