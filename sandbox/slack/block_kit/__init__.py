"""Block Kit as Slack checks it: structure and every number, with a JSON pointer to what is wrong."""
