{% set columns = [
    'programme_year', 'employer_id', 'beneficiary_kind', 'user_uscc', 'user_name', 'persons', 'person_months', 'allocation_base',
    'allocated_amount', 'withheld_reason'
] -%}
-- How a dispatch employer's refund is shared out, and what each beneficiary has been paid.
with refunds as (
    select
        q.*,
        d.period,
        d.refund_amount,
        d.refund_amount <> {{ round_half_up('sum(q.quota) over (partition by q.programme_year, q.employer_id)', 2) }} as is_cut
    from {{ ref('int_refund_quotas') }} as q
    inner join {{ source('run', 'context') }} as c on true
    inner join {{ ref('int_refund_decided') }} as d
        on c.period = d.period and q.programme_year = d.programme_year and q.employer_id = d.employer_id
),

open_years as (
    select
        s.*,
        s.share as allocated_amount
    from (
        {{ largest_remainder(
            'refunds',
            group_by=['programme_year', 'employer_id'],
            quota='quota',
            total='refund_amount',
            is_cut='is_cut',
            tie_order="case when user_uscc is null then 1 else 0 end, user_uscc"
        ) | indent(8) }}
    ) as s
),

shares as (
    select
        period,
        {{ columns | join(',\n        ') }}
    from open_years
    {%- if is_incremental() %}

    union all

    select
        d.period,
        t.{{ columns | join(',\n        t.') }}
    from {{ this }} as t
    inner join {{ ref('int_refund_decided') }} as d
        on t.period = d.decided_period and t.programme_year = d.programme_year and t.employer_id = d.employer_id
    inner join {{ source('run', 'context') }} as c on d.period = c.period and d.decided_period < c.period
    {%- endif %}
),

payments as (
    select
        programme_year,
        employer_id,
        case when is_on_behalf then payee_id end as user_uscc,
        sum(amount) as paid_amount
    from {{ ref('int_refund_payments') }}
    where result = 'paid'
    group by programme_year, employer_id, case when is_on_behalf then payee_id end
)

select
    s.period,
    s.programme_year,
    s.employer_id,
    s.beneficiary_kind,
    s.user_uscc,
    s.user_name,
    cast(s.persons as integer) as persons,
    cast(s.person_months as integer) as person_months,
    cast(s.allocation_base as decimal(18, 2)) as allocation_base,
    s.allocated_amount,
    cast(coalesce(p.paid_amount, 0) as decimal(18, 2)) as paid_amount,
    s.withheld_reason
from shares as s
left join payments as p
    on
        s.programme_year = p.programme_year
        and s.employer_id = p.employer_id
        and coalesce(s.user_uscc, '') = coalesce(p.user_uscc, '')
order by s.programme_year, s.employer_id, s.beneficiary_kind, s.user_uscc
