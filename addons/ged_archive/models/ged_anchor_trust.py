# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.errors import ArchiveError
from .ged_seal_profile import SECRET

TRUSTED, UNTRUSTED, UNJUDGED = "trusted", "untrusted", "unjudged"


class GedSealProfile(models.Model):
    _inherit = "ged.seal.profile"

    tsa_roots = fields.Binary(
        string="Authorities of time stamps (.pem)",
        attachment=True,
        groups=SECRET,
        help="Root (and intermediate) certificates of the time-stamp authorities that "
        "you trust, in PEM. The verification then judges the time stamps of the "
        "anchors; without, it says that their authority is not judged. Keep those of "
        "former servers in the file.",
    )
    tsa_roots_filename = fields.Char(
        string="Name of the file of time-stamp authorities", groups=SECRET
    )

    @api.constrains("tsa_roots")
    def _check_tsa_roots(self):
        for profile in self:
            try:
                roots, _others = profile._authority("tsa_roots")
            except ValueError as exc:
                raise ValidationError(
                    self.env._(
                        "Seal profile %(name)s: the file with the authorities of time "
                        "stamps is not in PEM format (text with “BEGIN CERTIFICATE”).",
                        name=profile.name,
                    )
                ) from exc
            if profile.sudo().tsa_roots and not roots:
                raise ValidationError(
                    self.env._(
                        "Seal profile %(name)s: the file with the authorities of time "
                        "stamps holds no root certificate (one that signs itself). "
                        "Add the root above the certificates in it.",
                        name=profile.name,
                    )
                )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _ged_tsa_authorities(self):
        """Return the time-stamp authorities that the company trusts, as
        ``(roots, others)`` in DER; both empty when none is set.

        Those of profiles no longer used count: time stamps are kept longer than seals
        are made.
        """
        self.ensure_one()
        profiles = (
            self.env["ged.seal.profile"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", self.id)])
        )
        found = [profile._authority("tsa_roots") for profile in profiles]
        return (
            tuple(dict.fromkeys(one for roots, _others in found for one in roots)),
            tuple(dict.fromkeys(one for _roots, others in found for one in others)),
        )

    def _ged_judge_stamp(self, stamp):
        """Return ``trusted``, ``untrusted`` or ``unjudged`` (no authority is set) for a
        ``lib.tsa.ReadToken``.
        """
        roots, others = self._ged_tsa_authorities()
        if not roots:
            return UNJUDGED
        # slow to import: only processes that verify pay for it
        from ..lib.trust import stamp_problem

        return UNTRUSTED if stamp_problem(stamp, roots, others) else TRUSTED


class GedAnchor(models.Model):
    _inherit = "ged.anchor"

    tsa_trust = fields.Selection(
        [
            (TRUSTED, "Trusted"),
            (UNTRUSTED, "Not trusted"),
            (UNJUDGED, "Authority not judged"),
        ],
        string="Authority",
        compute="_compute_tsa_trust",
        help="Whether the time-stamp authority is one of those set on the seal "
        "profiles of the company.",
    )

    @api.depends("document_id", "token_time")
    def _compute_tsa_trust(self):
        for anchor in self:
            stamp = anchor._read_stamp()
            anchor.tsa_trust = stamp and anchor.company_id._ged_judge_stamp(stamp)

    def _read_stamp(self):
        """Return the ``lib.tsa.ReadToken`` of the anchor; ``None`` without one, or when
        it cannot be read (which the verification tells).
        """
        self.ensure_one()
        if not self.token_time:
            return None
        from ..lib import asic

        try:
            return asic.read(self.document_id.sudo()._get_content()).stamp
        except (ArchiveError, UserError):
            return None

    def _anchor_problems(self):
        # EXTENDS: whether the authority is trusted
        problems = super()._anchor_problems()
        if self.tsa_trust == UNTRUSTED:
            problems.append(
                self.env._(
                    "The time stamp of the anchor of %(date)s comes from %(server)s, "
                    "which none of the trusted authorities vouches for. If you trust "
                    "it, add its root to the seal profile.",
                    date=self.at,
                    server=self.tsa,
                )
            )
        return problems


class GedPreservation(models.Model):
    _inherit = "ged.preservation"

    def _problems(self):
        # EXTENDS: whether the authority is trusted
        problems = super()._problems()
        if problems:
            # what cannot be read, or is another file, is not judged
            return problems
        from ..lib import asic

        content = asic.read(self.evidence_id._get_content())
        if self.company_id._ged_judge_stamp(content.stamp) == UNTRUSTED:
            problems.append(
                self.env._(
                    "The time stamp of the later evidence %(container)s comes from "
                    "%(server)s, which none of the trusted authorities vouches for. If "
                    "you trust it, add its root to the seal profile.",
                    container=self.evidence_id.display_name,
                    server=content.tsa_subject,
                )
            )
        return problems


class GedVerification(models.Model):
    _inherit = "ged.verification"

    def _tsa_sentence(self):
        """Return what the report says of the authorities of time stamps."""
        roots, _others = self.company_id._ged_tsa_authorities()
        if roots:
            return self.env._(
                "The authorities of the time stamps were judged by the %(count)s roots "
                "that the company trusts.",
                count=len(roots),
            )
        return self.env._(
            "The authorities of the time stamps were not judged: the company has not "
            "set which it trusts (seal profile)."
        )
