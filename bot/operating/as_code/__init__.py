"""Rules, policy, hours and presets as a YAML file: `circlebot apply FILE` makes the database say what the file says.

workspace: T0SANDBOX
subscriptions:
  - {channel: C0DEPLOYS, project: gh/acme/web, branch: release/*, only: [failed, recovered], made_by: U0ADA}
  - {channel: C0ALL, project: gh/acme/*, not-actor: [dependabot*], to: digest, at: [9:00, 17:00], made_by: U0ADA}
policy:
  - {command: approve, channel: C0DEPLOYS, users: [U0ADA, U0GRACE]}
hours:
  - {channel: C0ALL, quiet: 22:00-08:00, weekends: true, zone: Europe/Berlin}
presets:
  - {name: staging, project: gh/acme/web, branch: main, parameters: {environment: staging}}
  - {name: ship, channel: C0DEPLOYS, project: gh/acme/web, ask: [branch, image-tag], made_by: U0ADA}

A section that is left out is left alone, an empty one removes what there is. Several workspaces are several documents.
"""
