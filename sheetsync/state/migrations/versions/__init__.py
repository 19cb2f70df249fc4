"""The numbered changes. A change that has been released is never edited."""
