-- A transfer that came back and was not paid later to the same payee for the same year. The part of a user of dispatched staff is its
-- dispatch employer's lead.
with lines as (
    select
        p.batch_no,
        p.line_no,
        p.programme,
        p.programme_year,
        p.payee_id,
        p.on_behalf_of,
        p.amount,
        p.result,
        p.return_reason,
        p.paid_on
    from {{ ref('stg_programme_payments') }} as p
    cross join {{ source('run', 'context') }} as c
    where p.paid_on <= c.period_end
),

raised as (
    select r.*
    from lines as r
    where
        r.result = 'returned'
        and not exists (
            select 1 from lines as p
            where
                p.result = 'paid'
                and p.programme = r.programme
                and p.programme_year = r.programme_year
                and p.payee_id = r.payee_id
                and coalesce(p.on_behalf_of, '') = coalesce(r.on_behalf_of, '')
                and (
                    p.paid_on > r.paid_on
                    or (p.paid_on = r.paid_on and p.batch_no > r.batch_no)
                    or (p.paid_on = r.paid_on and p.batch_no = r.batch_no and p.line_no > r.line_no)
                )
        )
)

select
    'R15' as rule_id,
    case when r.programme = 'refund' then 'employer' else 'application' end as subject_kind,
    coalesce(r.on_behalf_of, r.payee_id) as subject_id,
    concat(r.batch_no, '|', {{ count_text('r.line_no') }}) as fact_key,
    coalesce(e.region_code, a.region_code, h.region_code) as region_code,
    cast(r.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '批次 ', r.batch_no, ' 第 ', {{ count_text('r.line_no') }}, ' 笔 ', {{ money_text('r.amount') }}, ' 元于 ', cast(r.paid_on as varchar(32)),
        ' 退回', case when r.return_reason is null then '' else concat('（', r.return_reason, '）') end, '，其后未再拨付。'
    ) as evidence,
    concat(
        'Batch ', r.batch_no, ' line ', {{ count_text('r.line_no') }}, ', ', {{ money_text('r.amount') }}, ' yuan, returned on ',
        cast(r.paid_on as varchar(32)), ' and not paid again.'
    ) as evidence_en
from raised as r
left join {{ ref('int_employers') }} as e on r.programme = 'refund' and coalesce(r.on_behalf_of, r.payee_id) = e.employer_id
left join {{ ref('stg_skill_applications') }} as a on r.programme = 'skill_subsidy' and r.payee_id = a.application_no
left join {{ ref('stg_expansion_applications') }} as n on r.programme = 'job_expansion' and r.payee_id = n.application_no
left join {{ ref('int_employers') }} as h on n.employer_id = h.employer_id
