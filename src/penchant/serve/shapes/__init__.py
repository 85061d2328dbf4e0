"""What may be asked and what is answered: every field has a bound, unknown ones are refused."""
