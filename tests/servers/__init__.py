"""Real servers for the tests: Dovecot, and an SMTP sink."""
