"""The schema's history, one numbered file per change; carried out by Alembic."""
