{{ risk_in_the_roll('R32', 'pension', '领取养老待遇', 'persons on pension') }}
