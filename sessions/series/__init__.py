"""A series before it is booked: its dates, what is in their way, what they bring about."""
