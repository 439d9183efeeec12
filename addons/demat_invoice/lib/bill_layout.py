# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where each mention of a French bill of exchange stands, in millimetres.

The usual form follows NF K 11-030 (lettre de change) and NF K 11-080 (billet à ordre),
AFNOR, September 1998. These standards are sold and could not be read: the zones below
are those of a program that prints bills on plain paper at the foot of an invoice, given
there in millimetres (a public XSL-FO sheet, "FORMAT TRAITE BAS DE PAGE A4", form of
210 x 100 mm). Compared with three other programs (OCA l10n-france
``account_payment_fr_lcr``, ATM Consulting ``dolibarr_module_lcr``, an AbsysTech FPDF
sheet): same mentions in the same order and rows, the distance between the row of the
amounts and the row of the account 20 +- 2 mm.

Not verified: the height of the standard form (100 to 102 mm in the sources; here 99, a
third of A4, nothing being printed below 91), and the row of three frames at 45 mm,
which the sources leave free: the amount in words and the invoice stand there.

Zones are ``(x, y, width, height)`` from the upper left corner of the form.
"""

__all__ = ["FORM_HEIGHT", "FORM_WIDTH", "LABELS", "ZONES"]

FORM_WIDTH = 210
FORM_HEIGHT = 99

ZONES = {
    # who draws, the order to pay, to whom
    "drawer": (10, 4, 58, 18),
    "order": (70, 4, 40, 15),
    "beneficiary": (112, 4, 62, 15),
    "mention": (192, 4, 15, 15),
    "place": (8, 24, 34, 4),
    "currency": (176, 22, 25, 5),
    # the row of the amounts
    "amount_control": (4, 31, 35, 10),
    "issue_date": (42, 31, 26, 10),
    "due_date": (72, 31, 26, 10),
    "drawee_reference": (102, 31, 29, 10),
    "type": (138, 31, 6, 10),
    "number": (152, 31, 18, 10),
    "amount": (173, 31, 33, 10),
    # the row of free frames
    "words": (7, 44, 133, 7),
    "invoice": (144, 44, 62, 7),
    # the row of the account
    "bank": (4, 53, 14, 10),
    "branch": (18, 53, 14, 10),
    "account": (32, 53, 32, 10),
    "key": (64, 53, 10, 10),
    "drawee": (77, 53, 65, 28),
    "domiciliation": (144, 53, 62, 13),
    # signatures
    "acceptance": (4, 68, 55, 12),
    "signature": (144, 67, 62, 21),
    "siren": (31, 81, 30, 5),
}

#: Small captions: zone → (x, y of the baseline, alignment); words in ``bill_form``.
LABELS = {
    "place": (4, 26.5, "left"),
    "on": (44, 26.5, "left"),
    "currency": (188.5, 21.5, "center"),
    "amount_control": (21.5, 31, "center"),
    "issue_date": (55, 31, "center"),
    "due_date": (85, 31, "center"),
    "only": (136, 30.5, "center"),
    "drawee_reference": (103, 34, "left"),
    "amount": (189.5, 31, "center"),
    "rib": (39, 52.5, "center"),
    "bank": (11, 65.5, "center"),
    "branch": (25, 65.5, "center"),
    "account": (48, 65.5, "center"),
    "key": (69, 65.5, "center"),
    "domiciliation": (175, 52.5, "center"),
    "drawee": (76, 70, "right"),
    "acceptance": (4, 70, "left"),
    "signature": (175, 69, "center"),
    "siren": (30, 84.5, "right"),
    "nothing_below": (128, 89.5, "right"),
}

#: Frames that are drawn: all sides but the top, as on the usual form.
OPEN_FRAMES = (
    "currency",
    "amount_control",
    "issue_date",
    "due_date",
    "drawee_reference",
    "type",
    "number",
    "amount",
    "siren",
)
#: Frames that are open at the bottom.
HANGING_FRAMES = ("bank", "branch", "account", "key", "domiciliation")
#: Frames of which only the corners are drawn.
CORNERS = ("words", "invoice", "drawee")

#: Nothing is printed below this line (kept for the banks).
BOTTOM_LINE = 91
