# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the rules of Chorus Pro say, in the language of the user."""

from dataclasses import replace

#: Lines of an invoice that are named one by one.
MAX_LINES = 10


def problem_words(env, problem):
    """Return a broken rule in words, with what to mend.

    :param env: environment of the user
    :param problem: ``lib.checks.Problem``
    :return: ``"CPP-BT13-MISSING – Numéro d'engagement : …"``
    """
    french = (env.lang or "").startswith("fr")
    text = problem.message_fr if french else problem.message
    label = field_words(env).get(problem.field, problem.field)
    return _words(env, problem.rule, label, text)


def norm_words(env, problem, lines=()):
    """Return a broken rule of EN 16931 in the same shape; its sentence is English.

    :param problem: ``ged_archive.lib.cii.XmlProblem``
    :param lines: numbers of the invoice lines that break it, if several do
    """
    lang = env.lang or "en"
    if len(lines) > 1:
        label = replace(problem, line=0).label(lang)
        named = ", ".join(map(str, lines[:MAX_LINES]))
        if len(lines) > MAX_LINES:
            named += "…"
        label = env._("%(field)s, lines %(lines)s", field=label, lines=named)
    else:
        label = problem.label(lang)
    return _words(env, problem.rule, label, problem.message)


def _words(env, rule, field, text):
    return env._("%(rule)s – %(field)s: %(text)s", rule=rule, field=field, text=text)


def field_words(env):
    """Return ``{business term: what it is in Odoo}``."""
    return {
        "BT-1": env._("Number of the invoice"),
        "BT-2": env._("Date of the invoice"),
        "BT-3": env._("Type of the invoice"),
        "BT-5": env._("Currency"),
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
        "BT-112": env._("Total of the invoice"),
        "BT-115": env._("Amount to pay"),
        "BT-118": env._("Kind of VAT (the tax of the lines)"),
        "BT-119": env._("Rate of VAT (the tax of the lines)"),
        "BT-120": env._("Reason why there is no VAT (the tax of the lines)"),
        "BT-129": env._("Quantity of a line"),
        "BT-148": env._("Price of a line"),
        "amount": env._("Amounts"),
        "attachment": env._("Complementary document"),
    }
