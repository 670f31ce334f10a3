{{ staged_events(source('lake', 'fund_ledger')) }}
