"""Which manager of widgets is on; anywidget tells Colab's page its address, with each widget."""

_installed_url = None


def enable_custom_widget_manager() -> None:
    global _installed_url
    _installed_url = "https://example.org/manager.min.js"
