from s2s_course.widgets.hidden_states.hidden_states import HiddenStates

__all__ = ["HiddenStates"]
