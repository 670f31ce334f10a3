{{ risk_drawing_after(
    'R09', ['flexible_employment_subsidy', 'business_owner'], '享受灵活就业社保补贴或登记经营', 'drawing the flexible-employment subsidy or in business'
) }}
