"""What stands behind `make`: standard library only, so it runs before anything is installed."""
