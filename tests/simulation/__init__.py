"""Seeded months of people, faults and deaths around the real worker; docs/simulation.md says how to run it."""
