pytest_plugins = ["tests.plugins.blockkit", "tests.plugins.world"]
