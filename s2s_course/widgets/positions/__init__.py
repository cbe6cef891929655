from s2s_course.widgets.positions.positions import Positions

__all__ = ["Positions"]
