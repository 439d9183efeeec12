# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Command line of ``./demat``."""

import argparse
import importlib
import sys

from .console import Failure, say

DESCRIPTION = """\
demat: dematerialised invoices and quotes for Odoo 19 Community.

  ./demat demo              the product on a real Odoo, with a demo company
  ./demat test              all tests, ending in pytest's summary line
  ./demat test addons/demat_base -k consent
  ./demat bench 100         milliseconds per invoice, Odoo's sending against ours
  ./demat bench archive     sealing, filing and verifying as the archive grows
  ./demat bench process     the processing screen and changes of state, 10,000 invoices
  ./demat bench memory      memory of the workers, 500 and 5,000 invoices
  ./demat bench quote       signing a quote online, Odoo's way against ours
  ./demat bench chorus      calls to Chorus Pro (simulated) until invoices are paid
"""
EPILOG = """\
The first run fetches Odoo 19, its Python packages, wkhtmltopdf and (unless DATABASE_URL
or PGHOST… name a server) PostgreSQL into $XDG_CACHE_HOME/demat or ~/.cache/demat.

environment:
  ODOO_HOME        an existing Odoo 19: git checkout, package, Docker image
  DEMAT_ODOO_GIT   address of the Odoo repository to clone instead of fetching a package
  DATABASE_URL     postgresql://user:password@host:port/ (or PGHOST, PGUSER, …)
  XDG_CACHE_HOME   where to keep what was fetched
  DEMAT_LONG       same as ./demat test --long
"""


def parser():
    """The argument parser, one sub-command per verb."""
    top = argparse.ArgumentParser(
        prog="./demat",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--odoo", metavar="PATH", help="an existing Odoo 19 (ODOO_HOME)")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name, summary, function):
        sub = verbs.add_parser(
            name, help=summary, description=summary, allow_abbrev=False
        )
        sub.add_argument("--odoo", metavar="PATH", default=argparse.SUPPRESS)
        sub.set_defaults(function=function)
        return sub

    demo = verb("demo", "start the demo (made at the first start)", "demo:run")
    demo.add_argument("--fresh", action="store_true", help="make the database again")
    demo.add_argument("--port", type=int, default=8069, help="first port to try")
    test = verb(
        "test", "run the tests; the rest of the line goes to pytest", "testing:run"
    )
    test.add_argument("arguments", nargs=argparse.REMAINDER, metavar="pytest arguments")
    bench = verb(
        "bench", "measure the sending, the archive, the processing screen", "bench:run"
    )
    bench.add_argument(
        "words",
        nargs="*",
        metavar="[archive|process] [N]",
        help="N invoices (100); archive: N documents a batch (1000); process: N "
        "invoices on the processing screen (10000)",
    )
    bench.add_argument(
        "--long", action="store_true", help="archive: grow to 100 × N, not 10 ×"
    )
    bench.add_argument("--json", metavar="FILE", help="write the figures to a file")
    bench.add_argument(
        "--profile", metavar="FILE", help="profile our sending, for python -m pstats"
    )
    shell = verb("shell", "a Python prompt in the demo database", "demo:shell")
    shell.add_argument("arguments", nargs=argparse.REMAINDER, metavar="odoo arguments")
    verb("stop", "stop what ./demat started", "tidy:stop")
    clean = verb(
        "clean", "remove the databases and files of this checkout", "tidy:clean"
    )
    clean.add_argument("--all", action="store_true", help="and what was fetched")
    return top


def main(argv=None):
    """Run one verb; exit status 1 for a failure that the user can mend."""
    arguments = sys.argv[1:] if argv is None else argv
    options, unknown = parser().parse_known_args(arguments)
    if unknown and options.verb != "test":
        parser().error(f"unrecognized arguments: {' '.join(unknown)}")
    if options.verb == "test":
        options.arguments = pytest_arguments(arguments)
    module, _colon, function = options.function.partition(":")
    try:
        verb = getattr(importlib.import_module(f"{__package__}.{module}"), function)
        return verb(options) or 0
    except Failure as failure:
        say(f"\n✗ {failure}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted", sys.stderr)
        return 130


def pytest_arguments(arguments):
    """What follows ``test`` on the command line, less our own option."""
    rest = list(arguments[arguments.index("test") + 1 :])
    if "--odoo" in rest:
        at = rest.index("--odoo")
        del rest[at : at + 2]
    return [part for part in rest if not part.startswith("--odoo=")]
