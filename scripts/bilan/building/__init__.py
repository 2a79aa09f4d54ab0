"""What a build is made of, from one file an article (``bilan.build``) or from shards (``bilan.shards.building``)."""
