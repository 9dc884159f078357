"""Calendar files and feeds out, busy times of calendars elsewhere in."""
