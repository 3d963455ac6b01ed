"""What a pair of related texts is called, and what only all of them together can tell."""
