"""What a channel wants to hear, as a value: the kinds of outcomes, the fields of a rule, the rule itself. Pure."""
