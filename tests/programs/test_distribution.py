"""How long calls take, if one brings latencies of one's own."""

import itertools
import subprocess
import tempfile
import unittest
from pathlib import Path

from .program import LIMIT_S, PROGRAMS, measure, on_each, on_one, refusal, sample
from .workload import Workload

FIT = Path(__file__).parents[2] / "bench" / "fit"
MS = 1_000_000
# A file, the column that is asked for, and the milliseconds that it holds.
FILES = {
    "units": ("250us\n10ms\n0.5s\n", "", (0.25, 10, 500)),
    "seconds": ("0.002\n0\n1.5\n", "", (2, 0, 1500)),
    "one": ("7ms", "", (7,)),
    "blanks": ("\n# from the proxy\n  3ms  \r\n\n4ms\n", "", (3, 4)),
    "blanks before a comment": ("  # from the proxy\n3ms\n", "", (3,)),
    "blanks in a heading": ("id, took_ms \n1, 3\n", "took_ms", (3,)),
    "column": ("path,took\n/a,0.003\n/b,5ms\n", "took", (3, 5)),
    "first column": ("took,path\n0.003,/a\n", "took", (3,)),
    "unit in its name": ("id,took_ms\n1,12.5\n2,2s\n", "took_ms", (12.5, 2000)),
    "nanoseconds": ("took_ns\n1000000\n", "took_ns", (1,)),
    "quotes": ('"a,b","took"\n"x,y","0.004"\n', "took", (4,)),
    "quotes and blanks": ('"a" ,"took"\n"x" ,"0.004" \n', "took", (4,)),
    "two underscores": ("call_s_took_ms\n4\n", "call_s_took_ms", (4,)),
    "underscore before no unit": ("call_took\n0.004\n", "call_took", (4,)),
    "quotes inside a field": ('x"y"z,took\n1ms,2ms\n', "took", (2,)),
    "many": ("".join(f"{ms}ms\n" for ms in range(5000)), "", tuple(range(5000))),
    "odd name": ("p99 (s)\n0.001\n", "p99 (s)", (1,)),
    "byte order mark": ("\ufefftook,path\r\n0.003,/a\r\n", "took", (3,)),
    "byte order mark alone": ("\ufeff3ms\n", "", (3,)),
    "quotes in quotes": ('a,took\n"say ""1,7"",",0.004\n"""",0.005\n', "took", (4, 5)),
}
REFUSED = {
    "1ms\nabc\n": ("", ":2:", "'abc'"),
    "1ms\n-1ms\n": ("", ":2:", "'-1ms'"),
    "1ms\n\n1e3\n": ("", ":3:", "'1e3'"),
    "nan\n": ("", ":1:", "'nan'"),
    "1ms\n1000001s\n": ("", ":2:", "'1000001s'"),
    "1ms\n1ms 2ms\n": ("", ":2:", "'1ms 2ms'"),
    "1ms\n5\0ms\n": ("", ":2:", "is no text"),
    "9" * 100 + "\n": ("", ":1:", "'999"),
    "": ("", "holds no durations", ""),
    "# nothing\n\n": ("", "holds no durations", ""),
    "a,b\n": ("a", "holds no durations", ""),
    "a,b\n1ms,2ms\n": ("c", ":1:", "no column 'c'"),
    "a,b\n1ms,2ms\n3ms\n": ("b", ":3:", "too short for column 'b'"),
    "a,b\n1ms,later\n": ("b", ":2:", "'later'"),
    "a;b\n1,5;2,5\n": ("b", ":1:", "no column 'b'"),
    'a,b,"a"\n1ms,2ms,3ms\n': ("a", ":1:", "there are two columns 'a'"),
    '"b\n1",2ms\n': ("b", ":1:", "a quote has no end: '\"b'"),
    "1ms\n2ms\0\0\0": ("", ":2:", "is no text, or too long"),
    "1ms\n" + " " * 70_000: ("", ":2:", "is no text, or too long"),
    "1ms\n" * 10_000_001: ("", ":10000001:", "is one too many"),
}


class Distribution(unittest.TestCase):
    def setUp(self) -> None:
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="five-cooks-"))
        self.path = Path(folder) / "took.csv"

    def option(self, text: str, column: str = "") -> str:
        self.path.write_text(text)
        return f"file:{self.path}{':' * bool(column)}{column}"

    def fit(self, text: str | bytes, column: str) -> subprocess.CompletedProcess[str]:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        command = [FIT, self.path, *filter(None, [column])]
        return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)

    def test_tasks_take_what_is_in_the_file(self) -> None:
        args = ("-n", 20, "--seed", 3, "--deadline", "1ns", "--cancel", "between")
        for program, (name, file) in zip(itertools.cycle(PROGRAMS), FILES.items()):
            text, column, values = file
            recorded = tuple(round(value * MS) for value in values)
            work = Workload(tasks=20, seed=3, recorded_ns=recorded)
            with self.subTest(program, file=name):
                option = self.option(text, column)
                record = measure(program, *args, "--distribution", option)
                self.assertEqual(record["workload_digest"], work.digest())
                config = record["config"]
                self.assertEqual(config["distribution"], "file")
                self.assertEqual(config["distribution_values"], len(values))
                mean = round(sum(recorded) / len(recorded))
                self.assertAlmostEqual(config["service_time_ns"], mean, delta=1)

    @on_each
    def test_calls_last_as_long_as_was_drawn(self, program: str) -> None:
        work = Workload(tasks=30, recorded_ns=(MS, 5 * MS, 20 * MS))
        option = self.option("1ms\n5ms\n20ms\n")
        _, samples = sample(program, "-n", 30, "--distribution", option)
        for task in samples:
            took = task.finished_ns - task.started_ns
            self.assertGreaterEqual(took, work.call_ns(task.index))

    @on_one
    def test_what_was_not_drawn_is_in_the_digest_too(self, program: str) -> None:
        """Another attempt might draw it."""
        digests = set()
        for text in ("1us\n1us\n1us\n1us\n", "1us\n1us\n1us\n2us\n", "1us\n" * 5):
            args = ("-n", 1, "--distribution", self.option(text))
            digests.add(measure(program, *args)["workload_digest"])
        self.assertEqual(len(digests), 3)

    def test_a_line_at_fault_is_named(self) -> None:
        for text, (column, *words) in REFUSED.items():
            with self.subTest(text):
                option = self.option(text, column)
                said = refusal("worker-pool", "--distribution", option)
                for word in ("--distribution", *words):
                    self.assertIn(word, said)

    def test_a_file_that_cannot_be_read_is_named(self) -> None:
        for path, reason in (("/nonexistent/x", "No such file"), ("/", "Is a directory")):
            said = refusal("worker-pool", "--distribution", f"file:{path}")
            self.assertIn(f"'{path}': {reason}", said)

    def test_a_run_does_not_overwrite_what_it_is_drawn_from(self) -> None:
        option = self.option("1us\n2us\n")
        link = self.path.with_name("link")
        link.symlink_to(self.path)
        for output in ("--json", "--samples"):
            for path in (self.path, link):
                said = refusal("worker-pool", "--distribution", option, output, path)
                self.assertIn(f"--distribution and {output} cannot both be", said)
        self.assertEqual(self.path.read_text(), "1us\n2us\n")

    def test_a_path_with_a_colon_ends_in_one(self) -> None:
        path = self.path.with_name("10:30.txt")
        path.write_text("1us\n")
        record = measure("worker-pool", "--distribution", f"file:{path}:")
        self.assertEqual(record["config"]["distribution_values"], 1)

    def test_fit_finds_the_quantiles_that_a_lognormal_was_given(self) -> None:
        work = Workload(
            tasks=5000, distribution="lognormal", quantiles_ns=(80 * MS, 1200 * MS)
        )
        drawn = sorted(work.call_ns(index) for index in range(5000))
        done = self.fit("id,took_ns\n" + "".join(f"1,{ns}\n" for ns in drawn), "took_ns")
        self.assertEqual(done.returncode, 0, done.stderr)
        config = measure("worker-pool", "-n", 0, *done.stdout.split())["config"]
        for key, place in (("distribution_p50_ns", 2499), ("distribution_p99_ns", 4949)):
            self.assertAlmostEqual(config[key], drawn[place], delta=1000)

    def test_fit_keeps_what_is_below_a_microsecond(self) -> None:
        done = self.fit("1.5us\n1.5us\n2.4us\n", "")
        self.assertEqual(done.stdout.split()[1], "lognormal:p50=1.500us,p99=2.400us")

    def test_fit_names_what_it_cannot_read(self) -> None:
        for text, column, *reasons in (
            ("1ms\nx\n", "", ":2: is no duration (a number with ns, us, ms, s or min; "
             "without one, in s): 'x'"),
            ("a,b_ms\n1,2\n\n3,\n", "b_ms", ":4: is", "without one, in ms): ''"),
            ("٣ms\n", "", ":1: is no duration"), ("1ms\r2ms", "", ":1: ", "'1ms?2ms'"),
            ("a\r1ms", "a", ":1: there is no column 'a'"), ("", "a", "no durations"),
            ("a\n" + "1" * 200_000, "a", ":2: is no text, or too long"),
            ("1ms\n".encode("utf-16"), "", "is not text in UTF-8"),
            *((text, *told) for text, told in REFUSED.items() if len(text) < 1_000_000),
        ):  # fmt: skip
            with self.subTest(text[:80]):
                done = self.fit(text, column)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
                for reason in reasons:
                    self.assertIn(reason, done.stderr)

    def test_fit_takes_what_the_programs_take(self) -> None:
        for name, (text, column, values) in FILES.items():
            done = self.fit(text, column)
            self.assertIn(done.returncode, (0, 2), name)
            if done.returncode == 0:
                self.assertRegex(done.stderr, rf"^{len(values)} durations")
            else:
                self.assertIn("no lognormal goes through", done.stderr, name)

    @on_one
    def test_two_words_about_how_long_a_call_takes_are_too_many(self, program) -> None:
        for option in ("lognormal:p50=1ms,p99=2ms", self.option("1ms\n")):
            for args in (("-s", "1ms", "--distribution", option),
                         ("--distribution", option, "--service-time", "10ms")):  # fmt: skip
                both = "--service-time and --distribution both"
                self.assertIn(both, refusal(program, *args))

    @on_one
    def test_the_mean_of_two_quantiles_is_the_service_time(self, program) -> None:
        """e^(sigma^2 / 2) above the median, where sigma is ln 10 / 2.326."""
        config = measure(program, "-n", 0, "--distribution",
                         "lognormal:p50=10ms,p99=100ms")["config"]  # fmt: skip
        self.assertEqual(round(config["service_time_ns"] / MS, 3), 16.321)

    def test_a_lognormal_goes_through_its_two_quantiles(self) -> None:
        for p50, p99 in ((80, 1200), (10, 10), (1, 10000)):
            work = Workload(
                tasks=3000, distribution="lognormal", quantiles_ns=(p50 * MS, p99 * MS)
            )
            option = f"lognormal:p50={p50}ms,p99={p99}ms"
            args = ("-n", 3000, "--deadline", "1ns", "--cancel", "between")
            for program in PROGRAMS:
                with self.subTest(program, option=option):
                    record = measure(program, *args, "--distribution", option)
                    self.assertEqual(record["workload_digest"], work.digest())
                    self.assertEqual(record["config"]["distribution_p50_ns"], p50 * MS)
                    self.assertEqual(record["config"]["distribution_p99_ns"], p99 * MS)
            took = sorted(work.call_ns(index) for index in range(3000))
            # Of 3000, the share below a quantile is within 5 sigma of 0.5 and of 0.99.
            self.assertLessEqual(took[1500 - 137], p50 * MS)
            self.assertGreaterEqual(took[1500 + 137], p50 * MS)
            self.assertLessEqual(took[2970 - 28], p99 * MS)
            self.assertGreaterEqual(took[2970 + 28], p99 * MS)
