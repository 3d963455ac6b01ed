"""The command line; placeholder until the rooms behind it stand."""
