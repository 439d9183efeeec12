# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the rules of Chorus Pro say, in the language of the user."""

from ..lib.rules import RULES


def problem_words(env, problem):
    """Return a broken rule in words, with what to mend.

    :param env: environment of the user
    :param problem: ``lib.checks.Problem``
    :return: ``"CPP-BT13-MISSING – Numéro d'engagement : …"``
    """
    rule = RULES.get(problem.rule)
    text = problem.message
    if rule and (env.lang or "").startswith("fr"):
        text = rule.message_fr.format_map(_Values(problem.values))
    label = field_words(env).get(problem.field, problem.field)
    return f"{problem.rule} – {label}: {text}"


def field_words(env):
    """Return ``{business term: name of the field in Odoo}``."""
    return {
        "BT-1": env._("Number of the invoice"),
        "BT-3": env._("Type of the invoice"),
        "BT-8": env._("VAT on debits or on payment (the tax)"),
        "BT-10": env._("Service code"),
        "BT-12": env._("Market number"),
        "BT-13": env._("Engagement number"),
        "BT-23": env._("Billing framework"),
        "BT-25": env._("Invoice that the credit note or correction names"),
        "BT-30": env._("SIRET of the company"),
        "BT-47": env._("SIRET of the customer"),
        "BT-81": env._("Means of payment"),
        "BT-84": env._("Bank account (IBAN)"),
        "attachment": env._("Complementary document"),
    }


class _Values(dict):
    """What a sentence names and was not given stays as it is written."""

    def __missing__(self, key):
        return "{" + key + "}"
