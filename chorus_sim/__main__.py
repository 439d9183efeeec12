# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``python -m chorus_sim [--port 8990] [--host 127.0.0.1] [--state FILE]``

It prints the address of the control page, then answers until it is stopped.
"""

import argparse

from . import store
from .platform import Platform
from .server import SimulatorServer


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="chorus_sim", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8990, help="0: a free one")
    parser.add_argument("--state", help="a file that keeps the state (default: none)")
    options = parser.parse_args(arguments)
    platform = Platform()
    if options.state:
        store.load(platform, options.state)
        platform.on_change = lambda: store.save(platform, options.state)
    server = SimulatorServer(platform, options.host, options.port)
    print(f"{server.url}/control", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
