"""What Quits is measured beside: another product, and two other ways to call a function over RabbitMQ."""
