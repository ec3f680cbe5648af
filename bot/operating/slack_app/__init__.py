"""`circlebot slack`: the app at Slack is made, brought to this release, and run by Slack's own command line."""
