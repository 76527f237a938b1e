"""Settings from mailsla.toml, validated; all problems at once."""
