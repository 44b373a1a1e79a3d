"""When a request may be sent: limits of rate and money that all workers share."""
