-- Short messages (短信) to units on notice or cleared: what was decided, and what the money may be used for (人社部发〔2024〕40号 二).
select
    d.period,
    d.programme_year,
    d.region_code,
    d.employer_id,
    d.employer_name,
    e.contact_phone,
    d.notice_status,
    concat(
        '【失业保险】', d.employer_name, '：贵单位', cast(d.programme_year as string), '年度稳岗返还符合条件，返还金额',
        cast(d.refund_amount as string), '元，',
        case
            when d.notice_status = 'on_notice' and d.cleared_amount > 0
                then concat('较此前公示增加', cast(d.refund_amount - d.cleared_amount as string), '元，增加部分正在公示，公示无异议后拨付。')
            when d.notice_status = 'on_notice' then '正在公示，公示无异议后拨付。'
            when d.payable_amount = 0 then '已拨付。'
            when d.account_status = 'account_missing' then '公示已结束，请尽快向参保地经办机构提供收款账户。'
            else '公示已结束，将拨付至登记的账户。'
        end,
        case when d.is_dispatch then '涉及被派遣劳动者的部分直接拨付给用工单位。' else '' end,
        '资金可用于职工生活补助、缴纳社会保险费、转岗培训、技能提升培训等稳定就业岗位以及降低生产经营成本支出。'
    ) as message
from {{ ref('refund_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
left join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
where d.notice_status in ('on_notice', 'cleared')
order by d.programme_year, d.region_code, d.employer_id
