"""The machine and the tools, as far as they can bear on the figures.

What cannot be read is null. Nothing here names the host, the user or a path of theirs.
"""

import os
import platform
import re
import resource
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import limits
from .limits import meminfo_bytes, read
from .programs import fingerprint

LIMITS = {
    "nproc": resource.RLIMIT_NPROC,
    "address_space_bytes": resource.RLIMIT_AS,
    "stack_bytes": resource.RLIMIT_STACK,
    "open_files": resource.RLIMIT_NOFILE,
}
KERNEL_FILES = {
    "max_map_count": "/proc/sys/vm/max_map_count",
    "overcommit_memory": "/proc/sys/vm/overcommit_memory",
    "transparent_hugepage": "/sys/kernel/mm/transparent_hugepage/enabled",
    "governor": "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
    "no_turbo": "/sys/devices/system/cpu/intel_pstate/no_turbo",
    "boost": "/sys/devices/system/cpu/cpufreq/boost",
    "smt": "/sys/devices/system/cpu/smt/active",
    "timer_slack_ns": "/proc/self/timerslack_ns",
    "clock_source": "/sys/devices/system/clocksource/clocksource0/current_clocksource",
}


def output(*command: str, folder: Path | None = None) -> str | None:
    """What a command prints; None when it is missing or fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=10, cwd=folder, check=True,
            env={**os.environ, "LC_ALL": "C"}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace").strip()


def git(repository: Path, *words: str) -> str | None:
    """What git says of this repository alone, whoever owns it: we only read.

    Not of one that an unpacked archive lies in, or that GIT_DIR names, as in a hook.
    Nor is the index written, as status would: as root it would become root's.
    """
    here = f"--git-dir={repository / '.git'}", f"--work-tree={repository}"
    return output("git", "--no-optional-locks", *here, *words, folder=repository)


def commit(repository: Path) -> str:
    """The short commit, or "nogit" for a tree without one."""
    return git(repository, "rev-parse", "--short=10", "HEAD") or "nogit"


def describe(repository: Path, programs: Path) -> dict[str, Any]:
    """Everything that stays the same during a run."""
    changes = git(repository, "status", "--porcelain", "-uno")
    return {
        "commit": commit(repository),
        "uncommitted_changes": None if changes is None else bool(changes),
        "programs": fingerprint(programs),
        **machine(),
        "memory_bytes": meminfo_bytes("MemTotal"),
        "kernel": {name: read(path) for name, path in KERNEL_FILES.items()},
        "limits": {name: _limit(number) for name, number in LIMITS.items()},
        "thread_limits": _tightest(limits.threads()),
        "memory_limits": _tightest(limits.memory()),
        "on_battery": on_battery(),
        "tools": {
            "hyperfine": output("hyperfine", "--version"),
            "gnuplot": output("gnuplot", "--version"),
            **_toolchain(programs.parent),
        },
    }


def machine() -> dict[str, Any]:
    """What nobody changes between two runs that belong together."""
    return {"cpu": _cpu(), "system": _system()}


def build(programs: Path) -> dict[str, Any]:
    """Of one of two builds that are compared."""
    return {"programs": fingerprint(programs), **_toolchain(programs.parent)}


def state() -> dict[str, Any]:
    """What changes: load, pressure, free memory and threads at this moment."""
    pressure = read("/proc/pressure/cpu")
    some = re.search(r"some avg10=([0-9.]+)", pressure or "")
    return {
        "load_1min": os.getloadavg()[0],
        "cpu_pressure_10s_percent": float(some[1]) if some else None,
        "memory_available_bytes": memory_available(),
        "threads_alive": limits.threads_now(),
        "throttled_s": limits.throttled_s(),
    }


def memory_available() -> int | None:
    """What is free on the machine, or in the tightest control group."""
    known = [meminfo_bytes("MemAvailable"), *(limit.left for limit in limits.memory())]
    return min((size for size in known if size is not None), default=None)


def cpus() -> int:
    """CPUs this process may use: what taskset and containers leave of them."""
    return len(os.sched_getaffinity(0))


def _cpu() -> dict[str, Any]:
    info = read("/proc/cpuinfo") or ""
    model = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", info, re.MULTILINE)
    return {
        "model": model[1] if model else None,
        "architecture": platform.machine(),
        "online": os.cpu_count(),
        "usable": cpus(),
        "allowed": limits.cpus_allowed(),  # of a control group, in CPUs
        "virtual": bool(re.search(r"^flags\s*:.*\bhypervisor\b", info, re.MULTILINE)),
    }


def _system() -> dict[str, Any]:
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        name = None
    return {
        "name": name,
        "kernel": platform.release(),
        "libc": " ".join(platform.libc_ver()),
        "python": platform.python_version(),
    }


def _toolchain(build: Path) -> dict[str, str | None]:
    """What the build says of itself; asking the tools would take as long as a run."""
    meson = read(build / "meson-info" / "meson-info.json") or ""
    version = re.search(r'"meson_version":\s*{[^}]*"full":\s*"([^"]+)"', meson)
    log = read(build / "meson-logs" / "meson-log.txt") or ""
    found = re.search(r"^C compiler for the host machine: (.*)$", log, re.MULTILINE)
    # Only what stands in parentheses: the command before it may be a path.
    compiler = re.search(r'\((.*?)(?: "|\))', found[1]) if found else None
    commands = read(build / "compile_commands.json") or ""
    flags = re.findall(r"(?<=\s)-(?:O\S*|g\S*|D\w*DEBUG\w*|std=\S+)", commands)
    return {
        "meson": version[1] if version else None,
        "compiler": compiler[1] if compiler else None,
        "flags": " ".join(dict.fromkeys(flags)) or None,
    }


def _tightest(found: Iterable[limits.Limit]) -> dict[str, int]:
    """Of each name: a group inside another may have a limit of its own."""
    ordered = sorted(found, key=lambda limit: limit.left, reverse=True)
    return {limit.name: limit.most for limit in ordered}


def _limit(number: int) -> int | str:
    """To have no limit is known, and not null."""
    soft, _ = resource.getrlimit(number)
    return "unlimited" if soft == resource.RLIM_INFINITY else soft


def on_battery() -> bool | None:
    supplies = Path("/sys/class/power_supply")
    online = [read(path) for path in supplies.glob("*/online")]
    return None if not online else "1" not in online
