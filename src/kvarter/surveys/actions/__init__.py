"""What changes the state of the room."""
