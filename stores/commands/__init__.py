"""``imlkit store``: serve a store, and look after one."""
