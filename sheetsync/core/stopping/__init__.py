"""Which tabs nobody may believe before a person has looked. Never: decides about a row."""
