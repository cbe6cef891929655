"""anywidget asks this module for Colab's own manager of widgets, as soon as there is a widget."""

from ._widgets import enable_custom_widget_manager  # noqa: F401
