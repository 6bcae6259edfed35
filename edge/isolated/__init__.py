"""A runner whose model lives in a process of its own, so that nothing the model does takes the service down."""
