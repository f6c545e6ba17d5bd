from . import med_sourcing
