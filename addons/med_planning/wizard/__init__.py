from . import med_planning_what_if
