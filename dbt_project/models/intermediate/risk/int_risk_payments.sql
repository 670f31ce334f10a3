{{ config(materialized='table') }}

-- Living benefits paid by the period's end, with the claim's region and employer. Every kind: whoever may not draw loses the benefit and the
-- premium and subsidies that go with it (社会保险法 五十一条). Not the funeral grant: it follows a death, it is not drawn.
select
    p.payment_no,
    p.claim_no,
    p.person_id,
    p.benefit_month,
    p.benefit_kind,
    p.amount,
    p.paid_on,
    p.account_no,
    coalesce(k.region_code, min(p.region_code) over (partition by p.claim_no)) as region_code,
    k.last_employer_id,
    p.start_month,
    p.stop_month,
    p.county_standard,
    p.recomputed_months,
    p.month_number
from {{ ref('int_benefit_months') }} as p
left join {{ ref('int_benefit_claims') }} as k on p.claim_no = k.claim_no
where p.benefit_kind <> 'funeral'
