"""What people fill in to book or to wait."""
