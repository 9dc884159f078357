"""An app for other processes: registers a kind that needs no other app."""
