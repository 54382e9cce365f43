"""Reading figures that others have made. Every reader gives an Extract; nothing here touches the database."""
