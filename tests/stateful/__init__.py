"""Any order of mails, frauds, bounces, crashes, jumps of the clock and renumberings: what holds after each."""
