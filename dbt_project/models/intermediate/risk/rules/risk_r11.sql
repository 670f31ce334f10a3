-- Paid for a year though now deregistered, revoked or sanctioned, or though the decision is against it.
with paid as (
    select
        d.programme_year,
        d.employer_id,
        d.region_code,
        d.decision,
        d.paid_amount,
        e.registry_status,
        e.uscc,
        c.period_end
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    left join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
    where d.paid_amount > 0
),

judged as (
    select
        p.*,
        exists(
            select 1 from {{ ref('stg_sanctions') }} as s
            where s.uscc = p.uscc and s.listed_on <= p.period_end and (s.removed_on is null or s.removed_on > p.period_end)
        ) as is_sanctioned
    from paid as p
)

select
    'R11' as rule_id,
    'employer' as subject_kind,
    employer_id as subject_id,
    {{ count_text('programme_year') }} as fact_key,
    region_code,
    cast(paid_amount as decimal(18, 2)) as amount_at_stake,
    concat(
        '单位 ', employer_id, '：', {{ count_text('programme_year') }}, ' 年度已拨付 ', {{ money_text('paid_amount') }}, ' 元，现登记状态 ',
        case registry_status
            when 'revoked' then '吊销' when 'deregistered' then '注销' when 'abnormal' then '经营异常' when 'normal' then '存续' else '未知'
        end, case when is_sanctioned then '，列入严重违法失信名单' else '' end, '，决定为',
        case decision
            when 'ineligible' then '不符合' when 'out_of_scope' then '不在范围' when 'review' then '待审核' else '符合'
        end, '。'
    ) as evidence,
    concat(
        'Employer ', employer_id, ': ', {{ money_text('paid_amount') }}, ' yuan paid for ', {{ count_text('programme_year') }},
        '; registry status now ', coalesce(registry_status, 'none'), case when is_sanctioned then ', sanctioned' else '' end,
        ', decision ', decision, '.'
    ) as evidence_en
from judged
where registry_status in ('deregistered', 'revoked') or is_sanctioned or decision in ('ineligible', 'out_of_scope')
