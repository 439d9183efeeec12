# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.errors import ArchiveError
from ..lib.hashing import canonical
from . import ged_chain
from .ged_chain_verify import ChainProblem, VerifySlice

SLICE = 50
#: Between the clocks of the server and of the time-stamp server.
TOLERANCE = timedelta(days=1)


class GedChain(models.Model):
    """Step of the verification: the anchors hold, and the chain is the anchored one."""

    _inherit = "ged.chain"

    @api.model
    def _verify_step_anchors(self, company_id, cursor, scope):
        anchors = (
            self.env["ged.anchor"]
            .sudo()
            .search(
                [("company_id", "=", company_id), ("id", ">", cursor.get("id", 0))],
                order="id",
                limit=SLICE,
            )
        )
        problems = []
        for anchor in anchors:
            problems += [
                ChainProblem(
                    "anchor",
                    "anchor",
                    anchor.id,
                    fields.Datetime.to_string(anchor.at),
                    message,
                    anchor.document_id.exists().id or 0,
                )
                for message in anchor._anchor_problems()
            ]
        if len(anchors) == SLICE:
            anchors.invalidate_recordset(flush=False)
            return VerifySlice(problems, {"id": anchors[-1].id})
        return VerifySlice(problems + self._unlisted_problems(company_id), None)

    @api.model
    def _unlisted_problems(self, company_id):
        """The evidence of an anchor is archived; its row in the list can be deleted."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, d.name FROM ged_document d
                  LEFT JOIN ged_anchor a ON a.document_id = d.id
                       AND a.company_id = d.company_id
                 WHERE d.company_id = %s AND d.res_model = 'ged.anchor'
                 GROUP BY d.id HAVING count(a.id) <> 1
                 ORDER BY d.id
                """,
                company_id,
            )
        )
        return [
            ChainProblem(
                "anchor",
                "document",
                document_id,
                name,
                self.env._(
                    "%(document)s is the evidence of an anchor, but the list of "
                    "anchors does not have it exactly once.",
                    document=name,
                ),
                document_id,
            )
            for document_id, name in rows
        ]


class GedAnchor(models.Model):
    _inherit = "ged.anchor"

    def _anchor_problems(self):
        """Return in words what is wrong with one anchor and the chain behind it.

        Whether its file has the archived bytes is checked with the other files; here:
        its time stamp, that the list says what the file says, and that the chains still
        have the anchored links.
        """
        self.ensure_one()
        document = self.document_id.sudo().exists()
        if not document or document.company_id != self.company_id:
            return [
                self.env._(
                    "The evidence of the anchor of %(date)s is not in the archive of "
                    "its company.",
                    date=self.at,
                )
            ]
        problem, content = document._read_content()
        if problem:
            # told as the content of the document
            return self._chain_differs(self._columns())
        try:
            manifest, stamp = self._read_evidence(document, content)
        except (ArchiveError, ValueError, KeyError, TypeError) as error:
            return [
                self.env._(
                    "The evidence of the anchor of %(date)s cannot be read or its time "
                    "stamp does not hold: %(error)s",
                    date=self.at,
                    error=error,
                )
            ]
        problems = self._evidence_problems(document, manifest, stamp)
        return problems + self._chain_differs(manifest)

    def _evidence_problems(self, document, manifest, stamp):
        """Return in words where the archived evidence says other than the list.

        :param manifest: what the evidence says of the chains, by name of the field
        :param stamp: the same of its time stamp
        """
        problems = []
        expected = self._columns()
        differing = sorted(
            self._fields[name].get_description(self.env, ["string"])["string"]
            for name, value in {**manifest, **stamp}.items()
            if _stored(expected[name]) != value
        )
        if differing:
            problems.append(
                self.env._(
                    "The list of anchors does not say what the archived evidence of "
                    "%(date)s says: %(fields)s.",
                    date=self.at,
                    fields=", ".join(differing),
                )
            )
        if stamp["token_time"] and not (
            -TOLERANCE <= stamp["token_time"] - document.archived_at <= TOLERANCE
        ):
            problems.append(
                self.env._(
                    "The anchor of %(date)s was time-stamped on another day, "
                    "%(stamped)s UTC.",
                    date=self.at,
                    stamped=stamp["token_time"],
                )
            )
        return problems

    def _columns(self):
        return {
            "company_id": self.company_id.id,
            "at": self.at,
            "document_number": self.document_number,
            "document_hash": self.document_hash,
            "event_number": self.event_number,
            "event_hash": self.event_hash,
            "token_time": self.token_time,
            "tsa": self.tsa,
            "note": self.note,
        }

    def _read_evidence(self, document, content):
        """Return the columns that the archived file tells, and those of its time stamp.

        Raises ``ArchiveError`` or ``ValueError`` when ``content`` is not the evidence
        of an anchor.
        """
        stamp = {"token_time": None, "tsa": None}
        if document.filename.endswith(".asics"):
            from ..lib import asic, tsa

            try:
                container = asic.read(content)
            except tsa.TokenError as error:
                raise ValueError(str(error)) from error
            content = container.manifest
            stamp = {
                "token_time": container.time.astimezone(UTC).replace(
                    tzinfo=None, microsecond=0
                ),
                "tsa": container.tsa_subject,
                "note": None,
            }
        else:
            # the reason is in the first line of the journal too
            stamp["note"] = document.event_ids.sorted("id")[:1].detail
        told = json.loads(content)
        if canonical(told) != content or told["type"] != self._name:
            raise ValueError(self.env._("it is not the manifest of an anchor"))
        chains = told["chains"]
        manifest = {
            "company_id": told["company"]["id"],
            "at": fields.Datetime.to_datetime(told["at"].rstrip("Z").replace("T", " ")),
            "document_number": chains["document"]["number"],
            "document_hash": chains["document"]["hash"],
            "event_number": chains["event"]["number"],
            "event_hash": chains["event"]["hash"],
        }
        return manifest, stamp

    def _chain_differs(self, anchored):
        """Compare the links that were anchored with those in the tables."""
        problems = []
        for stream, table in ged_chain.TABLES.items():
            number, hash_ = anchored[f"{stream}_number"], anchored[f"{stream}_hash"]
            if not number:
                continue
            rows = self.env.execute_query(
                SQL(
                    "SELECT chain_hash FROM %s WHERE company_id = %s"
                    " AND chain_number = %s",
                    SQL.identifier(table),
                    anchored["company_id"],
                    number,
                )
            )
            if not rows or rows[0][0] != hash_:
                problems.append(
                    self.env._(
                        "Link %(number)s of the chain (%(stream)s) is not the one that "
                        "was anchored on %(date)s: the chain was written anew.",
                        number=number,
                        stream=stream,
                        date=self.at,
                    )
                )
        return problems


def _stored(value):
    """Return a value of the ORM as it is in the table; an empty text is a text."""
    return None if value is False else value
