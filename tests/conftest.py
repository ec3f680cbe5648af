pytest_plugins = ["tests.plugins.blockkit", "tests.plugins.postgres", "tests.plugins.world"]
