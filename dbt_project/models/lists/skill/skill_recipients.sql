-- The recipients' list as it may be sent on: person numbers masked; certificate and application tell the
-- department whom it is about.
select
    period,
    batch_no,
    line_no,
    application_no,
    {{ masked_id('person_id') }} as person_masked,
    cert_no,
    occupation_code,
    occupation_name,
    level,
    region_code,
    amount,
    paid_on
from {{ ref('skill_recipients_full') }}
order by region_code, application_no, batch_no, line_no
