-- An entry of death has no end: it is withdrawn by 有效标志 0 only.
{{ risk_in_the_roll('R31', 'death', '已登记死亡', 'persons registered as dead', heeds_end=false) }}
