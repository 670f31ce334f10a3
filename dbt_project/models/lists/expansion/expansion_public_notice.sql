-- Public notice (公示) of job expansion: what is eligible and not yet paid, by employer; persons are counted, not named.
select
    c.period,
    d.employer_id,
    e.employer_name,
    {{ shown_uscc('e.uscc') }} as uscc,
    d.region_code,
    d.funding_source,
    count(*) as persons,
    cast(sum(d.amount) as decimal(18, 2)) as amount
from {{ ref('expansion_decisions') }} as d
inner join {{ source('run', 'context') }} as c on d.period = c.period
inner join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
where d.decision = 'eligible' and d.paid_amount = 0
group by c.period, d.employer_id, e.employer_name, e.uscc, d.region_code, d.funding_source
order by d.region_code, d.employer_id
