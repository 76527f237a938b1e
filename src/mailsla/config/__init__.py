"""Settings from mailsla.toml, validated; all problems at once."""

FILE_NAME = "mailsla.toml"
