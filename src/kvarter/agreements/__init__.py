"""The agreement: who is bound by it, what it says, how it changes, what falls due."""
