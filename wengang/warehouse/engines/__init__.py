"""The engines that can build the warehouse."""
