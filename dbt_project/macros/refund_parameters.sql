{# Parameters of the refund with their types: those that a rule or an amount reads. #}
{% macro refund_settings() -%}
    {{ return([
        ('refund_unit_types', 'text'), ('refund_min_months_paid', 'int'), ('refund_arrears_rule', 'text'), ('refund_paid_months_until', 'text'),
        ('average_insured_basis', 'text'), ('layoff_numerator', 'text'), ('layoff_denominator', 'text'), ('layoff_claim_reasons', 'text'),
        ('attrition_reasons', 'text'), ('layoff_reasons', 'text'), ('refund_layoff_rate_max', 'decimal'),
        ('refund_small_headcount', 'int'), ('refund_small_headcount_basis', 'text'), ('refund_small_layoff_rate_max', 'decimal'),
        ('contribution_basis', 'text'), ('excluded_user_unit_types', 'text'), ('refund_exclude_sanctioned', 'text'),
        ('refund_excluded_registry', 'text'), ('refund_heads_kept_min', 'decimal'), ('refund_suspended', 'text'),
        ('refund_ratio_large', 'decimal'), ('refund_ratio_sme', 'decimal'), ('refund_amount_min', 'decimal'), ('refund_amount_max', 'decimal'),
        ('dispatch_ratio_basis', 'text'), ('size_headcount_large', 'int'), ('size_headcount_basis', 'text'), ('non_enterprise_size', 'text'),
        ('notice_working_days', 'int'), ('refund_payment_until', 'date')
    ]) }}
{%- endmacro %}

{% macro refund_parameters() -%} {{ return(refund_settings() | map('first') | list) }} {%- endmacro %}

{# Those that decide the size class; no condition of theirs can ask for it. #}
{% macro refund_size_parameters() -%}
    {{ return(['refund_unit_types', 'non_enterprise_size', 'size_headcount_large', 'size_headcount_basis', 'average_insured_basis']) }}
{%- endmacro %}

{# The row of a parameter that decides for a unit, for a join on its profile. #}
{% macro refund_parameter(name) -%} {{ profile_row(ref('int_refund_parameters'), name) }} {%- endmacro %}

{# Does any row that can hold for somebody say so? Only then need a costly pass over persons be made. #}
{% macro is_ever(name, value) -%}
    exists (select 1 from {{ source('policy', 'rows') }} as r where r.parameter = '{{ name }}' and r.value = '{{ value }}')
{%- endmacro %}

{# Objections to a unit's refund raised since its window began, in their state at the period's end. `units`: programme_year, employer_id,
   window_from. #}
{% macro refund_objections(units) -%}
    select
        u.programme_year,
        u.employer_id,
        count(case when o.outcome = 'upheld' and o.resolved_on <= c.period_end then 1 end) as upheld,
        count(case when o.outcome is not null and o.resolved_on <= c.period_end then cast(null as integer) else 1 end) as still_open
    from {{ ref('stg_notice_objections') }} as o
    cross join {{ source('run', 'context') }} as c
    inner join {{ units }} as u on o.subject_id = u.employer_id and o.raised_on between u.window_from and c.period_end
    where o.programme = 'refund'
    group by u.programme_year, u.employer_id
{%- endmacro %}

{# Does a covered enterprise follow a parent other than itself? A unit that only the filings know is taken as an enterprise. #}
{% macro follows_parent(unit, parameters) -%}
    {{ unit }}.parent_uscc <> {{ unit }}.uscc
    and coalesce({{ unit }}.unit_type, 'enterprise') = 'enterprise'
    and ({{ unit }}.unit_type is null or {{ in_list(unit ~ '.unit_type', parameters ~ '.unit_types') }})
{%- endmacro %}

{# Class of a unit by itself, by the parameters of the employer that it classes. Where non_enterprise_size is none, units that are no
   enterprises are classed as enterprises are: in the end by their heads. #}
{% macro size_class_of(unit, parameters) -%}
    case
        when {{ unit }}.unit_type is not null and not {{ in_list(unit ~ '.unit_type', parameters ~ '.unit_types') }} then cast(null as string)
        when {{ unit }}.unit_type <> 'enterprise' and {{ parameters }}.non_enterprise_size <> 'none'
            then {{ by_reference_class(unit ~ '.unit_type', parameters ~ '.non_enterprise_size') }}
        when {{ unit }}.filed_class is not null then {{ unit }}.filed_class
        when {{ unit }}.standard_class is not null then {{ unit }}.standard_class
        when {{ unit }}.insured_months is null then cast(null as string)
        when
            case
                when {{ parameters }}.headcount_basis = 'year_end' then {{ unit }}.closing_insured >= {{ parameters }}.headcount_large
                when {{ parameters }}.average_basis = 'calendar_year' then {{ unit }}.insured_person_months >= {{ parameters }}.headcount_large * 12
                else {{ unit }}.insured_person_months >= {{ parameters }}.headcount_large * {{ unit }}.insured_months
            end then 'large'
        when {{ parameters }}.headcount_large is not null then 'sme'
    end
{%- endmacro %}
