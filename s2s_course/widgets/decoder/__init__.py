from s2s_course.widgets.decoder.decoder import Decoder

__all__ = ["Decoder"]
