"""From whom to ask, through invitations and answers, to weighted answers that nobody can be found in."""
