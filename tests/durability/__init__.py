"""Durability: real processes, killed, stopped, raced and cut off; what was acknowledged must be there, once."""
