"""Subscriptions, policy and presets as a YAML file: `circlebot apply FILE` makes the database say what the file says.

workspace: T0SANDBOX
subscriptions:
  - {channel: C0DEPLOYS, project: gh/acme/web, branch: release/*, only: [failed, recovered], made_by: U0ADA}
  - {channel: C0ALL, project: gh/acme/*, not-actor: [dependabot*], default-branch: true, made_by: U0ADA}
policy:
  - {command: approve, channel: C0DEPLOYS, users: [U0ADA, U0GRACE]}
presets:
  - {name: staging, project: gh/acme/web, branch: main, parameters: {environment: staging}}

A section that is left out is left alone, an empty one removes what there is. Several workspaces are several documents.
"""
