"""How well mail is read: the published corpora, judged row by row; `make reading` writes docs/reading.md."""
