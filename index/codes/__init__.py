"""alarm, parameter and part codes: found, catalogued, looked up; never guessed."""
