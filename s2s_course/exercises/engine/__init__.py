"""What all exercises share: how they are made, found, checked and shown."""
