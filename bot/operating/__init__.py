"""For the operator: the demo, the doctor, problems of settings, rules as code, start and stop."""
