"""`python -m mailsla`."""

from mailsla.cli import main

main()
