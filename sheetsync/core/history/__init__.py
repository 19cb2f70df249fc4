"""The change history: its events, its chain, and its tab. Never: changes what an event tells."""
