# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A French company with its chart of accounts, for the tests that run inside Odoo."""

#: Its external identifier, ``PREPARED`` in the tests of ``demat_base``.
MODULE, NAME = "__test__", "french_company"


def make(env, payload):
    """Make it as ``AccountTestInvoicingCommon`` does for each of its classes."""
    france = env.ref("base.fr")
    # the tests are those of the modules that we need: the host would now install more
    # for a French company, as it does not in a test
    alone = env(context={**env.context, "install_mode": True})
    company = alone["res.company"].create(
        {
            "name": "Prepared for tests",
            "country_id": france.id,
            "currency_id": france.currency_id.id,
        }
    )
    company = company.with_env(env)
    env["account.chart.template"].try_loading("fr", company, install_demo=False)
    company.currency_id = france.currency_id
    env["ir.model.data"].create(
        {"module": MODULE, "name": NAME, "model": company._name, "res_id": company.id}
    )
    return company.id
