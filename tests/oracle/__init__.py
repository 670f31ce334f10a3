"""An independent calculation of the published tables, in plain Python, for comparison with the warehouse.

It shares no rule code with the product: only the lake's files, the journal of deliveries and the parameter folder are read.
"""
