{{ staged_events(source('lake', 'skill_applications')) }}
