"""Everything that changes an agreement's state, by idea. Each verb is one transaction and one journal line."""
