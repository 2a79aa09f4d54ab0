"""Corpora of many articles: stories and articles as the lines of shards, in folders or object stores."""
