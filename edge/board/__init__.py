"""what this box is: board, processor, accelerators, clocks, memory, power and temperature, read and never set."""
