"""What the mails of this app say, and when one is not wanted any more."""
