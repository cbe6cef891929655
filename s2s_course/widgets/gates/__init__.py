from s2s_course.widgets.gates.gates import Gates

__all__ = ["Gates"]
