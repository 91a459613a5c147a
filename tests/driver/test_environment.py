"""What environment.json says of the machine."""

import resource
import unittest
from unittest import mock

from . import REPOSITORY
from driver.machine import environment


class Limits(unittest.TestCase):
    def describe(self, soft):
        with mock.patch.object(resource, "getrlimit", lambda number: (soft, soft)):
            return environment.describe(REPOSITORY, REPOSITORY / "nowhere")

    def test_to_have_no_limit_is_not_to_know_none(self):
        told = self.describe(resource.RLIM_INFINITY)
        self.assertEqual(set(told["limits"].values()), {"unlimited"})
        self.assertNotIn("ulimit -u", told["thread_limits"])

    def test_a_limit_is_told_in_numbers(self):
        self.assertEqual(set(self.describe(0)["limits"].values()), {0})
