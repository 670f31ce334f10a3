-- Text messages (短信) to employers whose applications are eligible and not yet paid, one an employer.
select
    c.period,
    d.employer_id,
    e.employer_name,
    d.region_code,
    e.contact_phone,
    concat(
        '【', coalesce(r.region_name, ''), '失业保险】', e.employer_name, '：贵单位申领的', t.title_zh, '共 ', cast(count(*) as string), ' 人、',
        cast(sum(d.payable_amount) as string), ' 元已审核符合条件，', case when max(case when e.account_no is null then 1 else 0 end) = 1
            then '请尽快登记收款账户。' else '公示无异议后拨付。' end
    ) as message
from {{ ref('expansion_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
inner join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
inner join {{ ref('programmes') }} as t on t.programme = 'job_expansion'
left join {{ ref('regions') }} as r on d.region_code = r.region_code
where d.payable_amount > 0 and e.contact_phone is not null
group by c.period, d.employer_id, e.employer_name, d.region_code, e.contact_phone, r.region_name, t.title_zh
order by d.region_code, d.employer_id
