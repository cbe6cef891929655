from s2s_course.widgets.beam_tree.beam_tree import BeamTree

__all__ = ["BeamTree"]
