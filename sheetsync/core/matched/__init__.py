"""The tabs as documents for matching, and what matching found as findings on their rows."""
