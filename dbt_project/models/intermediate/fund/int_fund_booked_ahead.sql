-- Keys of the premium rows that earlier months delivered with a receipt day in the period's month. A table: its true size, mostly nothing, tells
-- the engine that the history need not be read for them.
select distinct {{ contribution_key() }}
from {{ source('lake', 'contributions') }} as r
cross join {{ source('run', 'context') }} as c
where r._period < c.period and r.received_on between c.period and c.period_end
