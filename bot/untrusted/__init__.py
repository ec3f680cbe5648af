"""The one room through which text passes that strangers wrote: names, logs, configs, results, artifacts, messages.

People who can push to a branch write it. So its size is bounded before anything looks at it, matching is linear in its
length, and what may be large is read in a process of its own that is ended when it takes too much.
"""
