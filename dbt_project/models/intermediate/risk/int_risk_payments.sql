-- Living benefits paid by the period's end, with the claim's region and employer. Every kind: whoever may not draw loses the benefit and the
-- premium and subsidies that go with it (社会保险法 五十一条). Not the funeral grant: it follows a death, it is not drawn.
with without_claim as (
    select
        claim_no,
        min(region_code) as region_code
    from {{ ref('int_benefit_months') }}
    where not has_claim and benefit_kind <> 'funeral'
    group by claim_no
)

select
    p.payment_no,
    p.claim_no,
    p.person_id,
    p.benefit_month,
    p.benefit_kind,
    p.amount,
    p.paid_on,
    p.account_no,
    coalesce(p.claim_region_code, w.region_code) as region_code,
    p.last_employer_id,
    p.start_month,
    p.stop_month,
    p.county_standard,
    p.claim_standard,
    p.recomputed_months,
    p.month_number,
    p.is_until_retirement
from {{ ref('int_benefit_months') }} as p
left join without_claim as w on p.claim_no = w.claim_no
where p.benefit_kind <> 'funeral'
