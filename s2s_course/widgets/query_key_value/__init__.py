from s2s_course.widgets.query_key_value.query_key_value import QueryKeyValue

__all__ = ["QueryKeyValue"]
