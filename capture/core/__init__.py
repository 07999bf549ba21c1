"""Tools without a subject: database, clock, ids, signing, the only way out. No marketing word in here."""
