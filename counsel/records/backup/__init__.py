"""Backups that are proved by restoring them. `docs/operate.md` says how they are run."""
