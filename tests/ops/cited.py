"""A refusal cites a clause of the policy only for what the clause says: each sentence stands in a table that somebody has read beside the policy."""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "policy"))
import citations  # noqa: E402
from clauses import CLAUSES  # noqa: E402


class CitedForWhatItSays(unittest.TestCase):
    def faults(self, source):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rule.cc"
            path.write_text(source)
            return [line for line in citations.faults([path], [number for number, *_ in CLAUSES]) if "any more" not in line]

    def test_what_the_table_has(self):
        self.assertEqual(self.faults('no.push_back({"6.2", "necessity", "Say why it is necessary."});'), [])

    def test_a_clause_for_something_else(self):
        self.assertIn("does it say that?", self.faults('no.push_back({"8.1", "ageCheck", "The person is under 16."});')[0])
        self.assertIn("does it say that?", self.faults('constexpr char kWords[] = "The person has died.";\nreturn NotPermitted("7.4", kWords);')[0])

    def test_a_clause_that_there_is_not(self):
        self.assertIn("the policy has none", self.faults('return {{"14.2", "", "Not in this policy."}};')[0])

    def test_a_source_that_nobody_knows(self):
        self.assertIn("no source", self.faults('return NotPermitted("Imagined Act 1999", "No.");')[0])

    def test_every_clause_of_the_table_is_one(self):
        says, _ = citations.reviewed()
        self.assertLessEqual(set(says), {number for number, *_ in CLAUSES})
