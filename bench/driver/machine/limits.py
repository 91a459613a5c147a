"""What this machine allows us: control groups, resource limits, the kernel's own.

One reader for all of them, of both versions of control groups, at any depth. A limit
says where it is set, how much it allows and how much of that is used already. root is
"/", or in tests a folder with recorded files of another machine.
"""

import os
import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")
NO_LIMIT = 2**62  # version 1 writes a number near 2^63 for "max"
EVERYBODY = "0 0 4294967295"  # a map of users that leaves out none and renames none


@dataclass(frozen=True)
class Limit:
    """name: where it is set."""

    name: str
    most: int
    used: int | None = None

    @property
    def left(self) -> int:
        return max(0, self.most - (self.used or 0))


def read(path: str | Path) -> str | None:
    """A small file of the kernel's, stripped; None when it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def number(path: Path) -> int | None:
    text = read(path)
    return int(text) if text and text.isdecimal() else None


def meminfo_bytes(field: str) -> int | None:
    """A line of /proc/meminfo, which is of the whole machine."""
    found = re.search(rf"^{field}:\s*(\d+) kB", read("/proc/meminfo") or "", re.M)
    return int(found[1]) * 1024 if found else None


# ---- control groups ----


def groups(controller: str, root: Path = ROOT) -> Iterator[Path]:
    """The folders of our control groups that know the controller, innermost first.

    A path that is not there is one of the machine outside of a container: what we can
    see begins at the top.
    """
    for line in (read(root / "proc/self/cgroup") or "").splitlines():
        fields = line.split(":", 2)
        if len(fields) < 3:
            continue
        controllers, path = fields[1].split(","), fields[2]
        if controllers != [""] and controller not in controllers:
            continue
        top = root / "sys/fs/cgroup"
        if controllers != [""]:  # version 1: a tree for each
            names = (fields[1], controller)
            top = next((top / n for n in names if (top / n).is_dir()), top / controller)
        # ".." leads out of what a container sees.
        parts = [part for part in Path(path).parts if part not in ("/", "..")]
        for depth in range(len(parts), -1, -1):
            folder = top.joinpath(*parts[:depth])
            if folder.is_dir():
                yield folder


def _limited(controller: str, root: Path, *files: tuple[str, str]) -> Iterator[Limit]:
    """files: what holds a limit, and what holds how much of it is used."""
    for folder in groups(controller, root):
        for most_file, used_file in files:
            most = number(folder / most_file)
            if most is not None and most < NO_LIMIT:
                used = number(folder / used_file)
                used = used and max(0, used - _cache_bytes(folder))
                yield Limit(f"{most_file} of a control group", most, used)


def _cache_bytes(group: Path) -> int:
    """Files that a group of the memory controller has read or written: it gives them
    back before it refuses more."""
    stat = read(group / "memory.stat") or ""
    for of_all_below in ("total_", ""):  # version 1 tells both
        lines = rf"^{of_all_below}(?:in)?active_file (\d+)$"
        if found := re.findall(lines, stat, re.MULTILINE):
            return sum(map(int, found))
    return 0


def memory(root: Path = ROOT) -> list[Limit]:
    version_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    return list(_limited("memory", root, ("memory.max", "memory.current"), version_1))


def cpus_allowed(root: Path = ROOT) -> float | None:
    """The least share of CPUs that a control group allows; None: no limit known."""
    found = []
    for folder in groups("cpu", root):
        quota, _, period = (read(folder / "cpu.max") or "").partition(" ")
        if not quota:
            quota = read(folder / "cpu.cfs_quota_us") or ""
            period = read(folder / "cpu.cfs_period_us") or ""
        if quota.isdecimal() and period.isdecimal() and int(period):
            found.append(int(quota) / int(period))
    return min(found, default=None)


def throttled_s(root: Path = ROOT) -> float | None:
    """How long control groups have held us back so far; None: not known."""
    found = []
    for folder in groups("cpu", root):
        stat = read(folder / "cpu.stat") or ""
        for field, per_s in (("throttled_usec", 1e6), ("throttled_time", 1e9)):
            if match := re.search(rf"^{field} (\d+)$", stat, re.MULTILINE):
                found.append(int(match[1]) / per_s)
    return max(found, default=None)


# ---- threads ----


def is_true_root(root: Path = ROOT) -> bool:
    """The superuser of the machine, and not only of a user namespace."""
    users = (read(root / "proc/self/uid_map") or EVERYBODY).split()
    return os.getuid() == 0 and users == EVERYBODY.split()


def threads_now(root: Path = ROOT) -> int | None:
    """Threads alive on the whole machine."""
    found = re.search(r"\d+/(\d+)", read(root / "proc/loadavg") or "")
    return int(found[1]) if found else None


def threads(root: Path = ROOT) -> list[Limit]:
    """Everything that may stop threads from starting."""
    alive = threads_now(root)
    found = list(_limited("pids", root, ("pids.max", "pids.current")))
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if soft != resource.RLIM_INFINITY and not is_true_root(root):
        found.append(Limit("ulimit -u", soft, _threads_of_user(root)))
    for name in ("pid_max", "threads-max"):
        if (most := number(root / "proc/sys/kernel" / name)) is not None:
            found.append(Limit(f"kernel.{name}", most, alive))
    if most := number(root / "proc/sys/vm/max_map_count"):
        # Each thread takes two mappings: its stack and its guard page.
        found.append(Limit("vm.max_map_count", most // 2))
    return found


def _threads_of_user(root: Path) -> int:
    """Of all processes of the user who we are."""
    count = 0
    for status in (root / "proc").glob("[0-9]*/status"):
        text = read(status) or ""
        user = re.search(r"^Uid:\s+(\d+)", text, re.MULTILINE)
        alive = re.search(r"^Threads:\s+(\d+)", text, re.MULTILINE)
        if user and alive and int(user[1]) == os.getuid():
            count += int(alive[1])
    return count
