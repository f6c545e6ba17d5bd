from . import readings
