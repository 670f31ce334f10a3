-- The register as of the period, with the unit that reports for the employer.
select
    e.employer_id,
    e.uscc,
    e.employer_name,
    e.unit_type,
    e.industry_code,
    e.region_code,
    r.reporting_unit,
    e.insured_from,
    e.insured_status,
    e.registry_status,
    e.is_dispatch,
    e.account_kind,
    e.bank_name,
    e.account_name,
    e.account_no,
    e.contact_phone,
    e._period,
    e._file,
    e._line_no
from {{ ref('stg_employers') }} as e
left join {{ ref('regions') }} as r on e.region_code = r.region_code
