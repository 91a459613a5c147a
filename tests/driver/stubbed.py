"""bench/run on experiments of a test's own, without what other tests look after.

    EXPERIMENTS=DIR python3 stubbed.py [ARGUMENT...]     with bench in PYTHONPATH

There are no charts and no report, nobody listens to the machine for long, and a run may
take TIMEOUT_S. STUB_CHARTS=fail makes the charts fail, and real draws them. REFUSE names
what the system refuses: words of REFUSED.
"""

import errno
import fcntl
import os
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import driver.draw
from driver import __main__ as main
from driver.machine import canary, checks, environment
from driver.measure import session
from driver.say import terminal


def anything(*values):
    return True


# word: the function, with which error it is refused, and for which arguments
REFUSED = {
    "symlink": (os, "symlink", errno.EPERM, anything),
    "fsync": (os, "fsync", errno.EINVAL, anything),
    "flock": (fcntl, "flock", errno.EOPNOTSUPP, anything),
    "rename": (os, "rename", errno.EPERM, lambda one, *_: os.path.isdir(one)),
    "page": (os, "rename", errno.EDQUOT, lambda _, to: str(to).endswith(".html")),
    "chmod": (os, "chmod", errno.EPERM, lambda one, *_: os.access(one, os.X_OK)),
    "pidfd_open": (os, "pidfd_open", errno.ENOSYS, anything),
}


def refused(word):
    module, name, number, only = REFUSED[word]
    real = getattr(module, name)

    def refuse(*values, **named):
        if only(*values):
            raise OSError(number, os.strerror(number), str(values[0]))
        return real(*values, **named)

    return mock.patch.object(module, name, refuse)


def instead(package, module, **functions):
    """Of a module that is loaded when it is needed."""
    return mock.patch.object(package, module, SimpleNamespace(**functions), create=True)


def draw(folder, *values):
    if os.path.exists(folder / "scratch"):
        raise OSError("the programs take the room that charts need")
    if os.environ.get("STUB_CHARTS") == "fail":
        raise OSError("gnuplot is broken")
    return []


real_output = environment.output


def output(*command, **named):
    """Without starting what nobody here asks anything of: gnuplot draws nothing, and the
    tree may have no git."""
    told = {"gnuplot": "gnuplot 5", "git": None}
    return told[command[0]] if command[0] in told else real_output(*command, **named)


@contextmanager
def stubbed():
    """As the environment asks."""
    patches = [
        instead(driver, "page", write=anything),
        mock.patch.object(main, "EXPERIMENTS", Path(os.environ["EXPERIMENTS"])),
        mock.patch.multiple(canary, SLEEP_S=0.0001, TIMES=1),
        mock.patch.object(checks, "LOOK_S", 0.0),
        mock.patch.object(
            session, "TIMEOUT_LEAST_S", float(os.environ.get("TIMEOUT_S", 10))
        ),
        *map(refused, filter(None, os.environ.get("REFUSE", "").split(","))),
    ]
    if os.environ.get("STUB_CHARTS") != "real":
        patches.append(instead(driver.draw, "draw", draw=draw))
        patches.append(mock.patch.object(environment, "output", output))
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield


if __name__ == "__main__":
    with stubbed():
        terminal.open_standard_files()
        sys.exit(main.main(sys.argv[1:]))
