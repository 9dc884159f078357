"""A practice to look around in: invented people, ten weeks of a life that looks lived.

What is past is written straight into the tables, because the services refuse to book or log in
the past; what lies ahead goes through the services like anybody's.
"""
