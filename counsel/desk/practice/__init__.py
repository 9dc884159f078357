"""The practice in numbers, for whoever runs it: counts, and nothing anybody wrote."""
