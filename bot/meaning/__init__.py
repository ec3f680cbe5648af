"""Which thing is meant: words, numbers, ids and links become projects, pipelines, workflows and jobs."""
