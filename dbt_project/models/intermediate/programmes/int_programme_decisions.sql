-- The decisions of every registered programme under each other, in the columns that they share.
with standing as (
    select period from {{ source('run', 'context') }}
)
{% for programme in registered_programmes() %}
{%- set is_refund = programme.subject == 'employer' %}
select
    d.period,
    '{{ programme.id }}' as programme,
    d.{{ programme.subject_key }} as subject_id,
    {{ 'd.programme_year' if is_refund else 'cast(null as integer)' }} as programme_year,
    d.region_code,
    {{ 'd.employer_name' if is_refund else masked_id('d.person_id') }} as who,
    {{ 'cast(null as string)' if is_refund else 'd.person_id' }} as person_id,
    {{ 'cast(null as date)' if is_refund else 'd.applied_on' }} as applied_on,
    d.decision,
    d.failed_rules,
    d.unknown_rules,
    d.{{ programme.amount }} as amount,
    d.paid_amount,
    d.returned_amount,
    d.payable_amount,
    d.recoverable_amount
from {{ ref(programme.model) }} as d
inner join standing as s on d.period = s.period
{{ 'union all' if not loop.last }}
{%- endfor %}
