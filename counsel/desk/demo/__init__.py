"""A practice to look around in: invented people, ten weeks of a life that looks lived."""
