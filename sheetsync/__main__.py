"""`python -m sheetsync`: the same as the command `sheetsync`."""

from sheetsync.cli import main

main()
