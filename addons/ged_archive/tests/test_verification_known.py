# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was acknowledged raises no alert as long as it has been there."""

from odoo.tests import tagged

from .test_verification import VerificationCommon


@tagged("post_install", "-at_install")
class TestVerificationKnown(VerificationCommon):
    def _guard(self, how):
        self.env.flush_all()
        self.env.cr.execute(
            f"ALTER TABLE ged_event {how} TRIGGER ged_event_guard_row"  # noqa: S608
        )

    def test_a_problem_that_comes_back_raises_a_new_alert(self):
        self._archive()
        self._link()
        self._guard("DISABLE")
        first = self._verify().alert_id
        self._acknowledge(first, self.manager)
        self.assertFalse(self._verify().alert_id, "it has been there since")
        self._guard("ENABLE ALWAYS")
        self.assertEqual(self._verify().result, "good")
        self._guard("DISABLE")
        back = self._verify()
        self.assertFalse(back.line_ids.known)
        self.assertEqual(back.alert_id.state, "open")
        self.assertNotEqual(back.alert_id, first)
        # acknowledged once more, it is known until it is gone
        self._acknowledge(back.alert_id, self.manager)
        self.assertFalse(self._verify().alert_id)

    def test_a_verification_in_another_language_does_not_make_it_gone(self):
        self._spoilt_archive()
        self._acknowledge(self._verify().alert_id, self.manager)
        other = self._verify()
        other.lang = "fr_FR"
        other.line_ids.key = "the same in French"
        self.assertFalse(self._verify().alert_id)

    def test_a_verification_of_a_part_does_not_make_it_gone(self):
        documents = self._spoilt_archive()
        self._acknowledge(self._verify().alert_id, self.manager)
        sound = documents[0]
        part = self._verify(scope="selection", document_ids=[(6, 0, sound.ids)])
        self.assertEqual(part.result, "good")
        self.assertFalse(self._verify().alert_id)
