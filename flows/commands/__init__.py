"""What a person types and what they read back: the commands of ``taar``, a module per subject."""
