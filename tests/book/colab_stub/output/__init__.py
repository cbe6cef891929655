"""anywidget asks this module for Colab's own manager of widgets, as soon as it is imported."""

from ._widgets import enable_custom_widget_manager  # noqa: F401
