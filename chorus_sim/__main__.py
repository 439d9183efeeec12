# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``python -m chorus_sim [--port 8990] [--host 127.0.0.1]``"""

import argparse

from .server import SimulatorServer


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="chorus_sim", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8990)
    options = parser.parse_args(arguments)
    server = SimulatorServer(host=options.host, port=options.port)
    print(f"{server.url}/control", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
