select
    person_id,
    {{ person_no('person_id') }} as person_no
from (
    select person_id from {{ ref('stg_skill_applications') }}
    union
    select person_id from {{ ref('stg_expansion_applications') }}
    union
    select person_id from {{ ref('stg_benefit_claims') }}
    union
    select person_id from {{ ref('stg_benefit_payments') }}
) as persons
