"""What runs our models in the reader's browser, and the small models that the published page runs."""
