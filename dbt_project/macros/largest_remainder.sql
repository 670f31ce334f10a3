{# Share out a whole number of fen so that the shares add up to the total: each gets the whole fen below its exact quota, and the fen
   still left go one each to the largest remainders, ties in the order of `tie_order`. Where the total was cut by a limit, every quota is
   first multiplied by total ÷ the quotas' own sum.

   relation:  ref or query in brackets; its rows are the beneficiaries
   group_by:  list of columns: the totals that are shared out
   quota:     column, the exact quota in yuan (at most eight places; may be below zero)
   total:     column, the amount to share out in yuan, the same in all rows of a group
   is_cut:    column, whether the total was cut by a limit, the same in all rows of a group
   tie_order: order-by expression that settles equal remainders
   Returns every column of the relation, and `share`.

   Everything is done on whole numbers: an exact share in fen is part × factor ÷ divisor. #}
{% macro largest_remainder(relation, group_by, quota, total, is_cut, tie_order) -%}
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
                order by part * factor - cast(whole_fen as {{ big_integer() }}) * divisor desc, {{ tie_order }}
            ) as fen_rank
        from (
            select
                parts.*,
                cast({{ floor_quotient('part * factor', 'divisor') }} as decimal(20, 0)) as whole_fen
            from (
                select
                    summed.*,
                    case when {{ is_cut }} and part_sum > 0 then cast(total_fen as {{ big_integer() }}) else 1 end as factor,
                    case when {{ is_cut }} and part_sum > 0 then cast(part_sum as {{ big_integer() }}) else 1000000 end as divisor
                from (
                    select
                        wholes.*,
                        sum(part) over (partition by {{ group_by | join(', ') }}) as part_sum
                    from (
                        select
                            quotas.*,
                            cast(cast({{ quota }} as decimal(28, 8)) * 100000000 as {{ big_integer() }}) as part,
                            cast(cast({{ total }} as decimal(18, 2)) * 100 as decimal(20, 0)) as total_fen
                        from {{ relation }} as quotas
                    ) as wholes
                ) as summed
            ) as parts
        ) as floored
    ) as ranked
{%- endmacro %}
