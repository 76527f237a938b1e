"""A working week, played in seconds: the real flows, a real database, real SMTP, and a clock that jumps."""
