"""The one name that an installed Debrief puts into site-packages; the program itself is below `_app`."""
