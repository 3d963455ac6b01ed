"""What is kept, and where: the data contract, storage, the spool. Imports nothing of ours."""
