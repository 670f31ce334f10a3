-- The months in which each person paid benefits reaches a statutory retirement age: one for men, two for women, whose age of 50 or 55 cannot be determined.
with persons as (
    select
        person_id,
        {{ date_of_birth('person_id') }} as born_on,
        case when cast(substr(person_id, 17, 1) as integer) % 2 = 1 then 'men' else 'women' end as sex
    from (select distinct person_id from {{ ref('int_benefit_payments') }}) as paid
    where length(person_id) = 18 and substr(person_id, 17, 1) between '0' and '9'
)

select
    p.person_id,
    a.retirement_group,
    {{ add_months(month_start('p.born_on'), 'a.age_months') }} as retirement_month
from persons as p
inner join {{ ref('retirement_ages') }} as a
    on
        p.sex = a.sex
        and (a.born_from is null or {{ month_start('p.born_on') }} >= a.born_from)
        and (a.born_to is null or {{ month_start('p.born_on') }} <= a.born_to)
where p.born_on is not null
