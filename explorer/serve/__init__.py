"""The engine on other machines: what Ray Serve runs. The base install never comes here.

``settings`` how many replicas and of what size; ``replica`` one process of a family;
``deploy`` puts the families onto a cluster; ``python -m explorer.serve`` does it.
"""
