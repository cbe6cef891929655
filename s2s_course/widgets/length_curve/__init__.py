from s2s_course.widgets.length_curve.length_curve import LengthCurve

__all__ = ["LengthCurve"]
