{# Keys of a source that occur twice among the rows that count, and rows that lack what the contract requires. #}
{% test one_row_a_source_key(model, key, required) %}
select
    'a key twice' as fault,
    count(*) as rows_found
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1

union all

select
    'a required value is missing' as fault,
    count(*) as rows_found
from {{ model }}
where {% for column in required %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
having count(*) > 0
{% endtest %}
