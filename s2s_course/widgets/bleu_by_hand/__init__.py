from s2s_course.widgets.bleu_by_hand.bleu_by_hand import BleuByHand

__all__ = ["BleuByHand"]
