"""What hostile.py puts where something else belongs, and what it begins with."""

CODE = "'\nsystem(\"touch gunned\")\n'"
TEXTS = (
    "", "x", "</script><b-hole>", "<b-hole onload=1>", "'\"><b-hole>", "{{ 7 * 7 }}",
    CODE, '"\n!touch gunned\n"', "`touch gunned`", "@@{/x}^_", "%s %d %", "\x1b[2J\x07",
    "../../outside/file", "/outside", "samples/../../outside/file.csv", "/dev/zero",
    "\x00", "\ud800", "\u202e", "é" * 300, "x" * 100_000, "1e999", "10k/s", "-1ms",
    "thread-per-task", "worker-pool", "poisson:0/s", "None", "9" * 5000,
)  # fmt: skip
VALUES = (
    None, True, False, 0, -1, 1, 0.5, -0.0, 1e-300, 1e308, 2**31, 2**63, 2**64, 10**30,
    10**400, [], {}, [[]], [None], [0] * 3, {"": ""}, *TEXTS,
)  # fmt: skip
FIELDS = ("", "-1", "0", "9" * 18, "9" * 5000, "1e9", "ok", "<b-hole>", CODE)
TYPED = (
    "[", "]", "'", '"""', "=", "\\", "#", "1_0", "0x", "inf", "nan", "1979-05-27",
    "{}", "[[cells]]", "[cells]", "[options]", "design", "tasks = [1, 2]", "\x00", "é",
)  # fmt: skip
TARGET = "p99 wait < 100ms, lost < 1%"
SERVICE = f'target = "{TARGET}"\n[options]\nservice-time = "80ms"\nattempts = 3\n'
OPTIONS = ("arrivals", "service-time", "distribution", "api-rate", "queue", "own-option")
POINT = {"mean wait": [0.1, 0.2], "p99 wait": [0.5, 0.6], "lost": [0.0, 0.1],
         "goodput": [9.0, 9.5], "in flight": [3.0, 3.0], "calls": [1.0, 1.0]}  # fmt: skip
PLAN = {
    "schema_version": 1, "target": TARGET.split(", "), "workers": 5, "knee": 4,
    "options": {"service-time": "80ms", "tasks": 1000}, "collapse": None,
    "next_to_break": "p99 wait is 11 s", "worse": None, "edges": {"load 100 %": 4},
    "limits": {"p99 wait": 0.1, "lost": 0.01}, "confirmed": [],
    "points": [
        {"design": design, "workers": size, "meets": True, "values": POINT, "theory": {}}
        for design, size in (("pool", 4), ("pool", 5), ("semaphore", 5), ("none", None))
    ],
}  # fmt: skip
LESSON = {
    "number": "1", "question": "<b-hole>?", "unit": "s", "predictions": [0.1, 0.2, 0.1],
    "theory": {"value": 0.1, "words": "d"}, "claim": [0.09, 0.12], "offered": {},
    "measured": {"value": 0.11, "low": 0.1, "high": 0.12, "n": 6}, "names": ["A", "", ""],
    "verdict": "borne out", "figure": "wall_s", "modified": {}, "factor": 1.25,
}  # fmt: skip
CHOICE = {
    **LESSON, "unit": "choice", "predictions": ["A", "B", "A"], "claim": ["B", "B"],
    "measured": {"value": "B", "low": "B", "high": "B", "n": 6, "alike": ["B"]},
    "offered": {"A": "It ends.", "B": "It waits."}, "theory": None,
}  # fmt: skip
SETTING = {
    **LESSON, "unit": "setting", "setting": "workers", "predictions": [5.0, 50.0],
    "measured": {"value": 5.0, "low": 5.0, "high": 5.0, "n": 6, "alike": [5.0]},
    "offered": {"5": "1 s", "50": "2 s"}, "claim": [5, 5],
}  # fmt: skip
