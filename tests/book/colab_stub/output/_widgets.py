"""As in Colab: once a widget has asked for it, what shows a widget tells the page where their manager is."""

from IPython import get_ipython

_VIEW = "application/vnd.jupyter.widget-view+json"
_installed_url = None


def enable_custom_widget_manager() -> None:
    global _installed_url
    if _installed_url is None:
        get_ipython().display_pub.register_hook(_tell)
    _installed_url = "https://example.org/manager.min.js"


def _tell(message: dict) -> dict:
    content = message.get("content", {})
    if _VIEW in content.get("data", {}):
        content["metadata"][_VIEW] = {"colab": {"custom_widget_manager": {"url": _installed_url}}}
    return message
