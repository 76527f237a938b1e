"""How complaints were dealt with in a period: what a report says, as figures."""
