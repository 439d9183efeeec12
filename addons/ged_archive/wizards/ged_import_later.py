# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import asdict

from odoo import models
from odoo.tools import format_datetime, split_every

from ..lib.export_later import judged
from ..models.ged_document_guard import allow_creation

BATCH = 50


class GedImport(models.Model):
    """Takes over the later evidence of the documents of an export."""

    _inherit = "ged.import"

    def _file_later(self, content, ids, tell=None):
        """Write what is not here yet; return lines about what is left out.

        All of it was judged with the export; of what was not judged, as that of
        destroyed documents, nothing is written. What is here already is not written
        again, so an import that was interrupted goes on with it.

        :param ids: ``{id of a document at the origin: id here}``
        :param tell: called after each batch
        """
        left_out = []
        Document = self.env["ged.document"].with_company(self.company_id).sudo()
        concerned = [one for one in judged(content) if one.id in ids]
        for batch in split_every(BATCH, concerned):
            documents = Document.browse(ids[one.id] for one in batch)
            todo = []
            for document, one in zip(documents, batch, strict=True):
                missing, line = self._missing_later(document, one, ids)
                if line:
                    left_out.append(line)
                elif missing:
                    todo.append((document, missing))
            self._write_later(todo, ids)
            if tell and todo:
                tell()
        return left_out

    def _missing_later(self, document, one, ids):
        """Return ``(what has to be written, why nothing can be or None)``."""
        if document.destroyed_at:
            return [], None
        here = document.preservation_ids.sorted("id").evidence_id.ids
        origin = [ids[later.container] for later in one.later]
        if here != origin[: len(here)]:
            if set(origin) <= set(here):
                return [], None
            return [], self.env._(
                "Later evidence of %(name)s was left out: this archive has made its "
                "own.",
                name=one.name,
            )
        return one.later[len(here) :], None

    def _write_later(self, todo, ids):
        """Write rows and the lines of the journal, oldest first.

        :param todo: ``[(document, [lib.export_links.ImportedLater])]``
        """
        Preservation = allow_creation(self.env["ged.preservation"])
        while todo:
            rows = Preservation.create(
                [
                    {
                        "document_id": document.id,
                        "company_id": document.company_id.id,
                        "predecessor_id": document.preservation_ids.sorted("id")[
                            -1:
                        ].id,
                        "evidence_id": ids[later[0].container],
                        **asdict(later[0].said),
                    }
                    for document, later in todo
                ]
            )
            for renewed, some in rows.grouped(_renews).items():
                some.document_id._record_events(
                    "renewed" if renewed else "timestamped",
                    [self._later_detail(row) for row in some],
                )
            rows.document_id.invalidate_recordset(
                ["preservation_ids", "level_now", "evidence_until", "waits_for_seal"],
                flush=False,
            )
            todo = [(document, later[1:]) for document, later in todo if later[1:]]

    def _later_detail(self, row):
        return self.env._(
            "Archive time stamp of %(time)s, %(container)s, brought by an import",
            time=format_datetime(self.env, row.stamped_at),
            container=row.evidence_id.name,
        )


def _renews(row):
    return bool(row.predecessor_id or row.document_id.seal_valid_until)
