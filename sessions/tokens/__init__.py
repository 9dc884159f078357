"""Signed links into the pages of this app: opaque keys inside, nothing about anybody."""
