"""From what should stand to the plan: writes, open findings, mails. Never: judges a change."""
