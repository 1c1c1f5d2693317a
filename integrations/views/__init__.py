"""The address that helpdesks call, and the pages on which a business minds its connections."""
