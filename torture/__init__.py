"""What takes hours to try: rows of faults at full size, in slices that add up (docs/reliability.md)."""
