-- A table: all months ever paid are put in order once a build, not wherever they are read.
{{ config(materialized='table') }}

{{ staged_events(source('lake', 'benefit_payments')) }}
