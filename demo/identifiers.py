# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""French identifiers that are formally valid: SIREN, SIRET, VAT number, IBAN.

The demo builds them from invented roots, so that every check of Odoo, of the electronic
invoice and of the public portals accepts them although nobody bears them.
"""

# RIB key: letters of an account number count as these digits (CFONB).
_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def luhn_digit(digits):
    """Digit that makes ``digits`` + digit pass the Luhn check (SIREN, SIRET: INSEE)."""
    total = 0
    for position, char in enumerate(reversed(digits)):
        value = int(char) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siren(root):
    """SIREN from its first 8 digits."""
    return root + luhn_digit(root)


def siret(siren_number, establishment=1):
    """SIRET of an establishment, numbered from 1."""
    root = f"{siren_number}{establishment:04d}"
    return root + luhn_digit(root)


def vat_number(siren_number):
    """French VAT number: its key follows from the SIREN (art. 286 ter of the CGI)."""
    return f"FR{(12 + 3 * (int(siren_number) % 97)) % 97:02d}{siren_number}"


def iban(bank, branch, account):
    """IBAN from bank (5), branch (5) and account (11 characters), with both keys."""
    digits = f"{bank}{branch}{account}".translate(_RIB_LETTERS)
    key = 97 - int(digits + "00") % 97
    bban = f"{bank}{branch}{account}{key:02d}"
    number = "".join(str(int(char, 36)) for char in f"{bban}FR00")
    return f"FR{98 - int(number) % 97:02d}{bban}"


def spaced(text, *sizes):
    """``text`` cut in groups, the last size being repeated: 997 310 421 00012."""
    groups, sizes = [], list(sizes)
    while text:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        groups.append(text[:size])
        text = text[size:]
    return "\N{NO-BREAK SPACE}".join(groups)
