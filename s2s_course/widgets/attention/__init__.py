from s2s_course.widgets.attention.attention import Attention

__all__ = ["Attention"]
