"""Limits, read from the files of machines and containers that were recorded."""

import resource
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import REPOSITORY
from driver.machine import environment, limits

DEEP = "/kubepods.slice/kubepods-burstable.slice/" + "/".join(
    f"kubelet-kubepods-burstable-pod{'0123456789abcdef' * 3}{n}.slice:cri" for n in range(4)
)
# name: ({file: contents}, what is found there)
MACHINES = {
    "nothing can be read": ({}, {}),
    "version 2, limits at two depths": (
        {
            "proc/self/cgroup": "0::/user.slice/app.scope\n",
            "sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
            "sys/fs/cgroup/user.slice/pids.max": "10300\n",
            "sys/fs/cgroup/user.slice/pids.current": "9800\n",
            "sys/fs/cgroup/user.slice/app.scope/pids.max": "max\n",
            "sys/fs/cgroup/user.slice/app.scope/memory.max": "67108864\n",
            "sys/fs/cgroup/user.slice/app.scope/memory.current": "67108864\n",
            "sys/fs/cgroup/user.slice/app.scope/memory.stat": "anon 7000000\n"
            "inactive_file 50000000\nactive_file 10000000\n",
            "sys/fs/cgroup/user.slice/memory.max": "max\n",
            "sys/fs/cgroup/user.slice/cpu.max": "50000 100000\n",
            "sys/fs/cgroup/user.slice/cpu.stat": "nr_throttled 65\n"
            "throttled_usec 1690000\n",
            "sys/fs/cgroup/user.slice/app.scope/cpu.max": "max 100000\n",
        },
        {"pids": [(10300, 500)], "memory": [(67108864, 60000000)],
         "cpus": 0.5, "throttled_s": 1.69},
    ),
    "version 1, a tree for each controller": (
        {
            "proc/self/cgroup": "5:pids:/docker/abc\n4:memory:/docker/abc\n"
            "3:cpu,cpuacct:/docker/abc\n0::/\n",
            "sys/fs/cgroup/pids/docker/abc/pids.max": "31\n",
            "sys/fs/cgroup/pids/docker/abc/pids.current": "31\n",
            "sys/fs/cgroup/pids/pids.max": "max\n",
            "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "9223372036854771712",
            "sys/fs/cgroup/memory/docker/memory.limit_in_bytes": "1000",
            "sys/fs/cgroup/memory/docker/memory.usage_in_bytes": "900",
            "sys/fs/cgroup/memory/docker/memory.stat": "inactive_file 100\n"
            "total_inactive_file 300\ntotal_active_file 200\n",
            "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "150000",
            "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.stat": "throttled_time 20000000",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1",
        },
        {"pids": [(31, 0)], "memory": [(1000, 600)], "cpus": 1.5, "throttled_s": 0.02},
    ),
    "in a container, the path is the machine's": (
        {
            "proc/self/cgroup": f"0::{DEEP}\n",
            "sys/fs/cgroup/pids.max": "400\n",
            "sys/fs/cgroup/pids.current": "5\n",
        },
        {"pids": [(400, 395)]},
    ),
    "a long path with colons, all of it there": (
        {
            "proc/self/cgroup": f"0::{DEEP}\n",
            f"sys/fs/cgroup{DEEP}/pids.max": "31\n",
        },
        {"pids": [(31, 31)]},
    ),
    "a name space whose root is elsewhere": (
        {
            "proc/self/cgroup": "0::/../../other\n",
            "sys/fs/pids.max": "1\n",  # outside: no limit of ours
            "sys/fs/cgroup/pids.max": "7\n",
        },
        {"pids": [(7, 7)]},
    ),
    "lines that are none": (
        {
            "proc/self/cgroup": "rubbish\n\n0::/a\n",
            "sys/fs/cgroup/a/pids.max": "many\n",
            "sys/fs/cgroup/a/cpu.max": "50000\n",
        },
        {},
    ),
}


class Groups(unittest.TestCase):
    def test_every_machine(self):
        for name, (files, wanted) in MACHINES.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                for file, text in files.items():
                    (root / file).parent.mkdir(parents=True, exist_ok=True)
                    (root / file).write_text(text)
                found = {
                    "pids": [(one.most, one.left) for one in limits._limited("pids", root, ("pids.max", "pids.current"))],
                    "memory": [(one.most, one.left) for one in limits.memory(root)],
                    "cpus": limits.cpus_allowed(root),
                    "throttled_s": limits.throttled_s(root),
                }
                nothing = {"pids": [], "memory": [], "cpus": None, "throttled_s": None}
                self.assertEqual(found, nothing | wanted)

    def test_what_can_be_read_here_is_read(self):
        names = [limit.name for limit in limits.threads()]
        self.assertIn("kernel.pid_max", names)
        for limit in limits.threads():
            self.assertGreater(limit.most, 0)
            self.assertLessEqual(limit.left, limit.most)


class Users(unittest.TestCase):
    def test_root_of_a_user_name_space_is_no_superuser(self):
        for uid, text, true in (
            (0, "0 0 4294967295", True),
            (0, "0 1000 1", False),
            (0, "0 0 65536", False),
            (0, "0 0 1\n1 1 4294967294", False),
            (1000, "0 0 4294967295", False),
            (0, None, True),
        ):
            with self.subTest(uid=uid, text=text), tempfile.TemporaryDirectory() as folder:
                if text is not None:
                    (Path(folder) / "proc/self").mkdir(parents=True)
                    (Path(folder) / "proc/self/uid_map").write_text(text)
                with mock.patch.object(limits.os, "getuid", lambda: uid):
                    self.assertIs(limits.is_true_root(Path(folder)), true)


class Described(unittest.TestCase):
    """What environment.json says of them."""

    def describe(self, soft):
        with mock.patch.object(resource, "getrlimit", lambda number: (soft, -1)):
            return environment.describe(REPOSITORY, REPOSITORY / "nowhere")

    def test_of_a_build_cut_off_or_of_another_meson_nothing_is_told(self):
        for text, wanted in (("{", None), ('{"meson_version": 1}', None),
                             ('{"meson_version": {"full": "1.0.1"}}', "1.0.1")):  # fmt: skip
            with tempfile.TemporaryDirectory() as build:
                (info := Path(build) / "meson-info").mkdir()
                (info / "meson-info.json").write_text(text)
                self.assertEqual(environment._toolchain(Path(build))["meson"], wanted)

    def test_to_have_no_limit_is_not_to_know_none(self):
        told = self.describe(resource.RLIM_INFINITY)
        self.assertEqual(set(told["limits"].values()), {"unlimited"})
        self.assertNotIn("ulimit -u", told["thread_limits"])

    def test_of_two_groups_the_tighter_limit_is_told(self):
        inner, outer = limits.Limit("a", 9), limits.Limit("a", 7)
        for found in ([inner, outer], [outer, inner]):
            self.assertEqual(environment._tightest(found), {"a": 7})

    def test_a_limit_is_told_in_numbers(self):
        self.assertEqual(set(self.describe(0)["limits"].values()), {0})


class Machine(unittest.TestCase):
    """What environment.json says of the rest of the machine."""

    def replace(self, module, name, value):
        self.enterContext(mock.patch.object(module, name, value))

    def test_cpus_that_may_be_used_are_not_all_that_there_are(self):
        self.replace(environment.os, "sched_getaffinity", lambda pid: {1, 3})
        self.replace(environment.os, "cpu_count", lambda: 8)
        for flags, virtual in (("fpu hypervisor sse", True), ("fpu sse", False)):
            self.replace(environment, "read", lambda path: f"model name : X\nflags : {flags}")
            found = environment.machine()["cpu"]
            told = [found[key] for key in ("model", "usable", "online", "virtual")]
            self.assertEqual(told, ["X", 2, 8, virtual])

    def test_memory_is_what_the_tightest_of_all_leaves(self):
        for machine, groups, left in (
            (50, [(90, 10), (60, 40)], 20), (10, [(90, 10)], 10), (None, [(90, 10)], 80),
            (50, [], 50), (None, [], None),
        ):  # fmt: skip
            self.replace(environment, "meminfo_bytes", lambda field: machine)
            self.replace(limits, "memory", lambda: [limits.Limit("g", *g) for g in groups])
            self.assertEqual(environment.memory_available(), left)

    def test_one_supply_that_is_online_is_no_battery(self):
        for online, battery in (("01", False), ("00", True), ("1", False), ("", None)):
            found = dict(enumerate(online))
            self.replace(environment, "Path", lambda path: mock.Mock(glob=lambda name: found))
            self.replace(environment, "read", found.get)
            self.assertIs(environment.on_battery(), battery)

    def test_changes_that_are_not_committed_are_told(self):
        for said, told in (("", False), (" M src/main.c", True), (None, None)):
            self.replace(environment, "git", lambda *words: said)
            found = environment.describe(REPOSITORY, REPOSITORY / "nowhere")
            self.assertIs(found["uncommitted_changes"], told)
