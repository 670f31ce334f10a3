-- Holders of a valid certificate of a covered level who have not applied with it (免跑即领、精准推送), with the last
-- day to apply: the end of the months allowed after issue, or of the window. Left out: who had the
-- occupation at that level or a higher one approved, or the training subsidy. Empty outside the window.
with today as (
    select
        c.period,
        c.period_end,
        w.window_to,
        {{ parameter_on('skill_apply_within_months', 'c.period_end', 'int') }} as apply_within_months,
        {{ parameter_on('skill_amount_5', 'c.period_end', 'decimal') }} as amount_5,
        {{ parameter_on('skill_amount_4', 'c.period_end', 'decimal') }} as amount_4,
        {{ parameter_on('skill_amount_3', 'c.period_end', 'decimal') }} as amount_3
    from {{ source('run', 'context') }} as c
    inner join {{ source('policy', 'programmes') }} as w
        on w.programme = 'skill_subsidy' and c.period_end between w.window_from and w.window_to
),

holders as (
    select
        t.period,
        t.period_end,
        h.person_id,
        h.cert_no,
        h.occupation_code,
        h.occupation_name,
        cast(h.level as integer) as level,
        h.issued_on,
        least({{ add_months('h.issued_on', 't.apply_within_months') }}, t.window_to) as apply_by,
        cast(case h.level when '5' then t.amount_5 when '4' then t.amount_4 else t.amount_3 end as decimal(18, 2)) as amount
    from {{ ref('stg_certificates') }} as h
    cross join today as t
    where h.status = 'valid' and h.level in ('5', '4', '3') and h.issued_on <= t.period_end
)

select
    h.period,
    h.person_id,
    h.cert_no,
    h.occupation_code,
    h.occupation_name,
    h.level,
    h.issued_on,
    h.apply_by,
    h.amount
from holders as h
where
    h.apply_by > h.period_end
    and not exists (
        select 1 from {{ ref('int_skill_facts') }} as a
        where a.cert_no = h.cert_no
    )
    and not exists (
        select 1 from {{ ref('int_skill_history') }} as a
        where a.person_id = h.person_id and a.occupation_code = h.occupation_code and a.level <= h.level and a.is_approved = 1
    )
    and not exists (
        select 1 from {{ ref('stg_training_subsidies') }} as s
        where
            s.person_id = h.person_id
            and s.occupation_code = h.occupation_code
            and cast(s.level as integer) = h.level
            and s.paid_on <= h.period_end
    )
order by h.apply_by, h.cert_no
