"""What is known: themes, indicators, figures from registers and surveys, and what is published of them."""
