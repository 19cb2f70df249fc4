"""What Google answered in recordings, answered again; skipped where the recordings are absent.

They are looked for beside the project, or where SHEETSYNC_RECORDINGS says: a folder with
`replay_recorded.py` and `recorded/`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "google"
FOLDER = Path(os.environ.get("SHEETSYNC_RECORDINGS", BESIDE))
PRESENT = (FOLDER / "recorded").is_dir() and (FOLDER / "replay_recorded.py").is_file()


COUNTS = re.compile(r" *(\d+) +(\d+) +(\d+) +(\d+)  (.+)")


def replayed(*arguments):
    """How many answers of each kind are exact, agree in form, in their code only, or fail."""
    told = subprocess.run(  # noqa: S603 - the folder is the operator's
        [sys.executable, FOLDER / "replay_recorded.py", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    found = (COUNTS.fullmatch(line) for line in told.stdout.splitlines())
    rows = {row[5]: [int(n) for n in row.groups()[:4]] for row in found if row}
    (total,) = [name for name in rows if name.startswith("TOTAL")]
    return rows.pop(total), rows


def share_exact(counts):
    return counts[0] / sum(counts)


@pytest.mark.skipif(not PRESENT, reason="the recordings are not on this machine")
def test_recordings_are_answered_exactly(open_server):
    total, kinds = replayed(open_server.url)
    assert share_exact(total) >= 0.97
    assert [kind for kind, counts in kinds.items() if counts[2] or counts[3]] == []
    # Google's own answers with other ids, compared with themselves: no server does better.
    _, ceiling = replayed("--self-test")
    reachable = [kind for kind in kinds if share_exact(ceiling[kind]) >= 0.9]
    assert [kind for kind in reachable if share_exact(kinds[kind]) < 0.9] == []
