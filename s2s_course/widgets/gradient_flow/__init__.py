from s2s_course.widgets.gradient_flow.gradient_flow import GradientFlow

__all__ = ["GradientFlow"]
