"""What several widgets need: their base and view, arrays as text, a page of them, how chapters store them."""
