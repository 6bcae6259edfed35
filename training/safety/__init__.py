"""The measure of unsafe requests, learnt from requests that people wrote."""
