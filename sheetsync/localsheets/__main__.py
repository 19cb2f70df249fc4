"""python -m sheetsync.localsheets: serve, or register a key in a data directory."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sheetsync.localsheets.identity import KINDS, Identities
from sheetsync.localsheets.serve import serve


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sheetsync.localsheets")
    parser.add_argument("--port", type=int, default=8377)
    parser.add_argument("--data", type=Path, default=Path("localsheets-data"))
    parser.add_argument("--auth", choices=["jwt", "open"], default="jwt")
    parser.add_argument("--quota", choices=["google", "off"], default="off")
    parser.add_argument("--faults", type=Path)
    parser.add_argument("--register", metavar="EMAIL", help="print this identity's key and end")
    parser.add_argument("--kind", choices=KINDS, default="service_account")
    return parser


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    given = _parser().parse_args(arguments)
    if given.register is None:
        serve(
            port=given.port,
            data=given.data,
            auth=given.auth,
            quota=given.quota,
            faults=given.faults,
        )
        return
    given.data.mkdir(parents=True, exist_ok=True)
    identities = Identities(given.data / "identities.json")
    uri = f"http://127.0.0.1:{given.port}/token"
    json.dump(identities.register(given.register, given.kind, uri), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
