"""How many rows are in the bars of charts, before and while they are brushed."""
