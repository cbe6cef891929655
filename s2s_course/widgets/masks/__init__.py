from s2s_course.widgets.masks.masks import Masks

__all__ = ["Masks"]
