"""What people answered: a database of its own, with no column that leads to a person (databeskyttelsesloven § 10)."""
