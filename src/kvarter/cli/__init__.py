"""The `kvarter` command."""
