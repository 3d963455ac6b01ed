"""Reading: which objects count, each row once, rows by id, SQL views."""
