from s2s_course.widgets.transformer_steps.transformer_steps import TransformerSteps

__all__ = ["TransformerSteps"]
