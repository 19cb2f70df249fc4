"""What a cycle costs beside a bare read of the same workbook; `python -m bench` measures it.

Connects: a seeded workbook, the local Sheets server in a process of its own, and the real worker.
Never: reaches anything but 127.0.0.1, or is part of what runs in production.
"""
