{{ staged_events(source('lake', 'notice_objections')) }}
