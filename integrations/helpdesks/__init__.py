"""One file a helpdesk: how to know it, read it and write to it. `registry` names them all."""
