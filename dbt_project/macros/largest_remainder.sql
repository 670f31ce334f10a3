{# Share out a whole number of fen so that the shares add up to the total: each gets the whole fen below its exact quota, and the fen
   still left go one each to the largest remainders, ties in the order of `tie_order`.

   relation:  ref or query in brackets; its rows are the beneficiaries
   group_by:  list of columns: the totals that are shared out
   quota:     column, the exact quota in yuan (at most eight places; may be below zero)
   total:     column, the amount to share out in yuan, the same in all rows of a group
   tie_order: order-by expression that settles equal remainders
   Gives every column of the relation, and `share`. #}
{% macro largest_remainder(relation, group_by, quota, total, tie_order) -%}
    select
        ranked.*,
        cast((whole_fen + case when fen_rank <= total_fen - group_fen then 1 else 0 end) * cast(0.01 as decimal(3, 2)) as decimal(18, 2))
            as share
    from (
        select
            floored.*,
            sum(whole_fen) over (partition by {{ group_by | join(', ') }}) as group_fen,
            row_number() over (
                partition by {{ group_by | join(', ') }}
                order by exact_fen - whole_fen desc, {{ tie_order }}
            ) as fen_rank
        from (
            select
                quotas.*,
                cast({{ quota }} as decimal(28, 8)) * 100 as exact_fen,
                cast(floor(cast({{ quota }} as decimal(28, 8)) * 100) as decimal(20, 0)) as whole_fen,
                cast(cast({{ total }} as decimal(18, 2)) * 100 as decimal(20, 0)) as total_fen
            from {{ relation }} as quotas
        ) as floored
    ) as ranked
{%- endmacro %}
