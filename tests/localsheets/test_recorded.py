"""What Google answered in recordings, answered again; skipped where the recordings are absent.

SHEETSYNC_RECORDINGS names the folder with `replay_recorded.py` and `recorded/`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("SHEETSYNC_RECORDINGS", "recordings-not-here"))


@pytest.mark.skipif(not (FOLDER / "recorded").is_dir(), reason="SHEETSYNC_RECORDINGS is not set")
def test_recordings_are_answered_exactly(open_server, tmp_path):
    out = tmp_path / "out.json"
    told = subprocess.run(  # noqa: S603 - the folder is the operator's
        [sys.executable, FOLDER / "replay_recorded.py", open_server.url, "--json", out],
        capture_output=True,
        text=True,
        check=False,
    )
    (total,) = [line for line in told.stdout.splitlines() if "TOTAL" in line]
    exact, shape, status, failed = [int(n) for n in total.split()[:4]]
    assert exact / (exact + shape + status + failed) >= 0.97
    assert failed == 0
    wrong = {item["kind"] for item in json.loads(out.read_text()) if item["grade"] != "shape"}
    assert wrong == set()
