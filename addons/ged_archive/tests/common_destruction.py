# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields

from .common import ArchiveCommon


class DestructionCommon(ArchiveCommon):
    """Archivist and two administrators of the company, documents of ended retention."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_user("second", "ged_archive.group_ged_manager")
        cls.ended = fields.Date.today() - timedelta(days=1)

    def _ended(self, count=2, **values):
        documents = self._archive(count, retention_until=self.ended, **values)
        self._link()
        return documents

    def _list(self, documents, user=None):
        return (
            self.env["ged.destruction"]
            .with_user(user or self.archivist)
            ._new_list(documents.with_user(user or self.archivist))
        )

    def _approved(self, documents):
        one = self._list(documents)
        one._decide("propose")
        one.with_user(self.manager)._decide("approve", "read")
        one.with_user(self.second)._decide("approve")
        return one.with_user(self.manager)

    def _executed(self, documents):
        one = self._approved(documents)
        one.action_execute()
        return one

    def _events(self, document):
        return document.event_ids.sorted("id").mapped("event_type")
