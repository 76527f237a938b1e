"""mailsla: complaints by e-mail, answered in time."""
