"""What the lake's guarantees cost: beside Arrow alone, which gives none."""
