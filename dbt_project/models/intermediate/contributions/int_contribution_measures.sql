{{ config(materialized='view') }}
-- What the facts by fee month count, as SQL over the rows of one person and fee month: whoever adds up rows as of an earlier month (the
-- explanation of a decision whose window has closed) uses these very expressions.
select
    'is_insured' as measure,
    '{{ is_insured_row() | trim | replace("'", "''") }}' as expression

union all

select
    'due' as measure,
    '{{ person_month_due() | trim | replace("'", "''") }}' as expression
