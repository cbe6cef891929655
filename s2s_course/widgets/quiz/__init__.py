from s2s_course.widgets.quiz.quiz import Choice, Question, Quiz

__all__ = ["Choice", "Question", "Quiz"]
