"""What-if: parameter rows that take the place of those in force, computed by the same models on a copy; the published tables are never touched."""

from wengang.whatif.run import Outcome, simulate, simulate_all
from wengang.whatif.scenario import Scenario, read_scenarios

__all__ = ["Outcome", "Scenario", "read_scenarios", "simulate", "simulate_all"]
