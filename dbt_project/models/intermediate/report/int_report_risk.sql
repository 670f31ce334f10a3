{{ config(tags=['report']) }}
{% set measures = ['raised', 'raised_new', 'still_open', 'confirmed', 'dismissed', 'gone', 'amount_at_stake'] %}
-- Leads by unit and rule as they stand; of these, those first seen in the period's year. The fund's own subject is the province's account.
with sums as (
    select
        reporting_unit,
        {{ report_dimension(['rule_id']) }},
        {%- for name in measures %}
        sum({{ name }}) as {{ name }},
        sum({{ 'raised' if name == 'raised_new' else name }} * is_this_year) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_report_leads') }}
    {{ report_grouping(['rule_id']) }}
),

incidents as (
    select
        reporting_unit,
        {{ report_dimension(['item']) }},
        {%- for name in ['incidents', 'incident_amount'] %}
        sum({{ name }}) as {{ name }},
        sum({{ name }} * is_this_year) as {{ name }}_year{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_report_incidents') }}
    {{ report_grouping(['item']) }}
)

{{ report_rows('risk', 'sums', measures) }}

union all

{{ report_rows('risk', 'incidents', ['incidents', 'incident_amount']) }}
