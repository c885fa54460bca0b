"""Hosts: the platforms on which measures take effect. `square` is the one built in."""
