-- depends_on: {{ ref('int_programme_persons') }}, {{ ref('int_touched_person_months') }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_person_months() }}"
) }}

{%- set columns = ['employer_id', 'fee_month', 'pay_kind', 'voucher_no', 'employer_due', 'person_due', 'employer_paid', 'person_paid', 'received_on', 'is_valid',
    '_period', '_file', '_seq'] -%}

-- All versions of the rows to look at: whole lives of new persons, and the months touched of the others.
with known as (
    select
        n.person_id,
        n.person_no,
        {% for column in columns -%}
        c.{{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ source('lake', 'contributions') }} as c
    inner join {{ ref('int_new_programme_persons') }} as n on c._person_no = n.person_no
    {%- if is_incremental() %}

    union all

    select
        t.person_id,
        t.person_no,
        {% for column in columns -%}
        c.{{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ source('lake', 'contributions') }} as c
    inner join {{ ref('int_touched_person_months') }} as t on c._person_no = t.person_no and c.fee_month = t.fee_month
    {%- endif %}
),

versions as (
    select
        k.*,
        row_number() over (
            partition by k.employer_id, k.person_no, k.fee_month, k.pay_kind, k.voucher_no order by {{ version_order() }}
        ) as _version
    from known as k
)

select
    r.person_id,
    r.person_no,
    r.employer_id,
    r.fee_month,
    cast({{ person_month_due() }} as decimal(18, 2)) as due,
    cast(sum(case when r.received_on <= c.period_end then r.person_paid else 0 end) as decimal(18, 2)) as person_received,
    cast(sum(case when r.received_on <= c.period_end then r.employer_paid + r.person_paid else 0 end) as decimal(18, 2)) as received,
    max(case when {{ is_insured_row() }} then 1 else 0 end) = 1 as insured,
    max(case when r.received_on > c.period_end then 1 else 0 end) = 1 as has_later_receipts
from versions as r
cross join {{ source('run', 'context') }} as c
where r._version = 1 and r.is_valid
group by r.person_id, r.person_no, r.employer_id, r.fee_month
