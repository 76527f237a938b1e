"""`make fuzz`: hostile input made of the words of mail; what ever failed stays in tests/corpus/hostile."""
