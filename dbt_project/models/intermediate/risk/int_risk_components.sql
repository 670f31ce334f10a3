-- Which nodes hang together: each node with the smallest node that it can be reached from.
{{ connected_components(ref('int_risk_links'), 'hub', 'holder') }}
