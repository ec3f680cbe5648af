"""For whoever runs circlebot: the demo, the doctor, complaints about settings, rules as code, start and stop."""
